"""What an operator says to the daemon: by the file, by the environment, and what `bridge check` answers."""

from __future__ import annotations

import json
import re

import pytest
from bridge_receivers import serving
from click.testing import CliRunner
from test_bridge_daemon import TOML
from werkzeug.wrappers import Request, Response

from bridge.__main__ import main
from bridge.config import read_settings
from bridge.errors import SettingsError
from bridge.logs import Redaction


@pytest.fixture
def config(tmp_path):
    path = tmp_path / "bridge.toml"
    path.write_text(TOML.format(folder=tmp_path))
    return path


def test_the_environment_goes_before_the_file(config):
    environ = {
        "BRIDGE_OUTBOX_MAXIMUM": "5",
        "BRIDGE_DOORS__PORT": "9000",
        "BRIDGE_CONNECTIONS__SHOP__SECRET": "another-secret",
        "BRIDGE_CONNECTIONS__SHOP__AMPLITUDE__REGION": "US",
        "BRIDGE_CONFIG": "not a setting",
        "PATH": "neither",
    }

    settings = read_settings(config, environ)

    (connection,) = settings.connections
    assert (settings.outbox_maximum, settings.doors.port) == (5, 9000)
    assert (connection.secret, connection.amplitude.region) == ("another-secret", "US")


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("BRIDGE_OUTBOX_MAXIMUN", "'outbox_maximun'; did you mean 'outbox_maximum'"),
        ("BRIDGE_DOORS__PROT", "'doors.prot'; did you mean 'doors.port'"),
        ("BRIDGE_CONNECTIONS__SHIP__SECRET", "there is no connection 'SHIP', only SHOP"),
        ("BRIDGE_OUTBOX_URL__PATH", "'outbox_url' is no table"),
    ],
)
def test_a_wrong_name_in_the_environment_is_refused_with_the_nearest_right_one(config, name, words):
    with pytest.raises(SettingsError, match=re.escape(words)):
        read_settings(config, {name: "1"})


@pytest.mark.parametrize(
    ("addition", "words"),
    [
        ("[doors]\nprocesses = 2", "an outbox on SQLite has one process"),
        ("[doors]\nport = 70000", "doors.port"),
        ('[gateways]\n"api2.amplitude.com" = "http://x"', "gateways: 'api2.amplitude.com'"),
    ],
)
def test_a_daemon_that_could_not_run_is_refused(config, addition, words):
    config.write_text(config.read_text() + addition)

    with pytest.raises(SettingsError, match=re.escape(words)):
        read_settings(config)


class Vendors:
    """Both vendors on one socket, as `bridge check` asks them: nothing may be changed by it."""

    def __init__(self):
        self.asked = []
        self.amplitude_key = "amplitude-key"

    def __call__(self, environ, start_response):
        request = Request(environ)
        self.asked.append((request.method, request.path))
        return self._answer(request)(environ, start_response)

    def _answer(self, request):
        if request.path == "/apps/app-1/segments":
            known = request.headers["Authorization"] == "Key rest-key"
            return Response('{"segments": []}' if known else "Access denied", 200 if known else 403)
        assert request.path == "/2/httpapi"
        upload = json.loads(request.get_data())
        assert upload["events"] == []
        if upload["api_key"] != self.amplitude_key:
            return Response(json.dumps({"code": 400, "error": f"Invalid API key: {upload['api_key']}"}), 400)
        return Response(json.dumps({"code": 200, "events_ingested": 0}))


def checked(config, vendors, *options):
    with serving(vendors) as url:
        gateways = {"https://api.eu.amplitude.com": url, "https://api.onesignal.com": url}
        lines = "\n".join(f'"{vendor}" = "{gateway}"' for vendor, gateway in gateways.items())
        config.write_text(f"{config.read_text()}[gateways]\n{lines}\n")
        return CliRunner().invoke(main, ["check", "--config", str(config), *options])


def test_check_tries_every_credential_and_changes_nothing(config):
    vendors = Vendors()

    result = checked(config, vendors)

    assert result.exit_code == 0
    assert result.output.splitlines() == [
        "outbox_url: ok",
        "shop: onesignal.rest_api_key: ok",
        "shop: amplitude.api_key: ok",
    ]
    assert vendors.asked == [("GET", "/apps/app-1/segments"), ("POST", "/2/httpapi")]


def test_check_says_which_credential_is_refused_and_does_not_show_it(config):
    vendors = Vendors()
    vendors.amplitude_key = "rotated"

    result = checked(config, vendors, "--json")

    refused = [each for each in json.loads(result.output) if each["objection"] is not None]
    assert result.exit_code == 1
    assert [each["credential"] for each in refused] == ["amplitude.api_key"]
    assert "Invalid API key" in refused[0]["objection"]
    assert "amplitude-key" not in result.output


def test_a_secret_is_never_in_the_log():
    redact = Redaction(["rest-key", "rest-key-longer"])

    said = redact(None, "info", {"event": "sent with rest-key-longer and rest-key", "answered": 7})

    assert said == {"event": "sent with [redacted] and [redacted]", "answered": 7}
