from __future__ import annotations

import json
import os
import re
import select
import signal
from pathlib import Path

import pytest
from bridge_daemons import started, write_config
from bridge_receivers import receiving
from click.testing import CliRunner

from bridge.__main__ import main
from bridge.config import read_settings
from bridge.errors import SettingsError


@pytest.fixture
def config(tmp_path):
    return write_config(tmp_path)


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


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_daemon_serves_its_doors_and_stops_when_asked(config, number):
    with started(config) as (daemon, session, url):
        health, ready = session.get(f"{url}/health", timeout=10), session.get(f"{url}/ready", timeout=10)

        daemon.send_signal(number)

        assert (health.json(), ready.json()) == ({"status": "ok"}, {"status": "ready"})
        assert daemon.wait(timeout=30) == 0


def test_what_one_daemon_took_the_next_one_delivers(config):
    events = [
        {
            "event.kind": "message.push.sent",
            "event.id": f"e{number}",
            "event.timestamp": 1_773_144_000 + number,
            "event.external_id": "user-1",
        }
        for number in range(10)
    ]
    with started(config, gateway="http://127.0.0.1:9") as (daemon, session, url):
        answers = [session.post(f"{url}/connections/shop/message-events", json=each, timeout=10) for each in events]
        counted = session.get(f"{url}/metrics", timeout=10).text
        daemon.send_signal(signal.SIGTERM)
        log = daemon.stderr.read()
        assert daemon.wait(timeout=30) == 0

    with receiving() as (gateway, received), started(config, gateway=gateway) as (daemon, session, url):
        received.wait_until(lambda so_far: len(so_far.events) == len(events))
        daemon.send_signal(signal.SIGTERM)
        assert daemon.wait(timeout=30) == 0

    assert [answer.json() for answer in answers] == [{"accepted": 1}] * len(events)
    assert 'bridge_received_total{connection="shop",direction="events"} 10.0' in counted
    assert list(received.events) == [each["event.id"] for each in events]
    assert [json.loads(line)["event"] for line in log.splitlines()][-1] == "stopped"


def test_a_door_process_that_ends_unexpectedly_is_started_again(config):
    with started(config) as (daemon, session, url):
        session.get(f"{url}/health", timeout=10)

        os.kill(door_process(daemon), signal.SIGKILL)
        said = json.loads(daemon.stderr.readline())
        health = session.get(f"{url}/health", timeout=10)
        daemon.send_signal(signal.SIGTERM)

        assert (said["level"], said["event"]) == ("error", "Unexpected exit from worker-1")
        assert health.json() == {"status": "ok"}
        assert daemon.wait(timeout=30) == 0


def test_no_door_process_outlives_a_daemon_that_was_killed(config):
    with started(config) as (daemon, session, url):
        session.get(f"{url}/health", timeout=10)
        door = os.pidfd_open(door_process(daemon))

        daemon.kill()
        daemon.wait(timeout=30)

        assert select.select([door], [], [], 30) == ([door], [], []), "the door process is still there"
        os.close(door)


def door_process(daemon):
    """The process that answers at the doors; the daemon's other child keeps the book of what they share."""
    children = Path(f"/proc/{daemon.pid}/task/{daemon.pid}/children").read_text().split()
    (door,) = (child for child in children if "spawn_main" in Path(f"/proc/{child}/cmdline").read_text())
    return int(door)
