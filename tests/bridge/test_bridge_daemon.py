from __future__ import annotations

import re
import signal
import subprocess
import sys

import pytest
import requests
from click.testing import CliRunner

from bridge.__main__ import main
from bridge.config import read_settings
from bridge.errors import SettingsError

TOML = """
outbox_url = "sqlite:///{folder}/outbox.db"

[[connections]]
name = "shop"
secret = "door-secret"
events = ["message.push.sent"]
onesignal = {{ app_id = "app-1", rest_api_key = "rest-key" }}
amplitude = {{ api_key = "amplitude-key", region = "EU" }}
"""


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "bridge.toml"
    path.write_text(TOML.format(folder=tmp_path))
    return path


def test_the_settings_are_read_from_a_file(config):
    settings = read_settings(config)

    (connection,) = settings.connections
    assert (connection.name, connection.amplitude.region) == ("shop", "EU")
    assert connection.events == frozenset({"message.push.sent"})


@pytest.mark.parametrize(
    ("right", "wrong", "words"),
    [
        ("secret =", "secrte =", "'connections.secrte'; did you mean 'connections.secret'"),
        ("{ api_key = ", "{ apikey = ", "'connections.amplitude.apikey'; did you mean 'connections.amplitude.api_key'"),
        ('"EU"', '"Europe"', "amplitude.region"),
        ('"door-secret"', "5", "secret"),
        ("[[connections]]", "[[connections", "bridge.toml"),
    ],
)
def test_a_wrong_file_is_refused_in_one_line_that_names_the_setting(config, right, wrong, words):
    config.write_text(config.read_text().replace(right, wrong, 1))

    with pytest.raises(SettingsError, match=re.escape(words)) as complaint:
        read_settings(config)

    assert "\n" not in str(complaint.value)
    assert CliRunner().invoke(main, ["run", "--config", str(config)]).exit_code == 2


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    assert CliRunner().invoke(main, ["run", "--config", str(tmp_path / "nowhere.toml")]).exit_code == 2


def test_the_daemon_serves_its_doors_and_stops_when_interrupted(config):
    command = [sys.executable, "-u", "-m", "bridge", "run", "--config", str(config), "--port", "0"]
    with _started(command) as daemon, requests.Session() as session:
        session.trust_env = False
        said = daemon.stdout.readline()
        url = re.search(r"http://\S+", said).group()

        answer = session.get(f"{url}/health", timeout=10)
        daemon.send_signal(signal.SIGINT)

        assert answer.json() == {"status": "ok"}
        assert daemon.wait(timeout=20) == 0


def _started(command):
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)  # noqa: S603  # our own module
