"""What an operator says to the daemon: by the file, by the environment, and what `bridge check` answers."""

from __future__ import annotations

import json
import re

import pytest
from bridge_daemons import TOML, write_config
from bridge_receivers import serving
from click.testing import CliRunner
from werkzeug.wrappers import Request, Response

from bridge.__main__ import main
from bridge.config import read_settings
from bridge.errors import SettingsError
from bridge.logs import Redaction


@pytest.fixture
def config(tmp_path):
    return write_config(tmp_path)


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


@pytest.mark.parametrize("prefix", ["BRIDGE_", "BRIDGE__"])
@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("CONTRACT", "2026", "2026"),
        ("CONTRACT", '"2026"', "2026"),
        ("SECRET", "007", "007"),
        ("SECRET", "1979-05-27", "1979-05-27"),
        ("MAPPED_PROPERTY", "true", "true"),
    ],
)
def test_a_text_in_the_environment_needs_no_quotes_whatever_it_looks_like(config, prefix, name, written, read):
    settings = read_settings(config, {f"{prefix}CONNECTIONS__SHOP__{name}": written})

    assert getattr(settings.connections[0], name.lower()) == read


@pytest.mark.parametrize(
    ("name", "written", "read"),
    [
        ("AMPLITUDE__API_KEY", "123456", ("amplitude", "api_key", "123456")),
        ("TEXTS__LANGUAGE", "1", ("texts", "language", "1")),
        ("TAGS__VALUE", "1", ("tags", "value", "1")),
        ("TAGS__SENDERS", "4", ("tags", "senders", 4)),
    ],
)
def test_a_text_in_a_table_of_a_connection_needs_no_quotes(config, name, written, read):
    (connection,) = read_settings(config, {f"BRIDGE_CONNECTIONS__SHOP__{name}": written}).connections

    table, key, value = read
    assert getattr(getattr(connection, table), key) == value


def test_what_is_no_text_is_written_as_in_the_file(config):
    environ = {
        "BRIDGE_CONNECTIONS__SHOP__EVENTS": '["message.push.clicked"]',
        "BRIDGE_CONNECTIONS__SHOP__FIELDS": '{"event.id" = "id"}',
        "BRIDGE_OUTBOX_URL": "sqlite://",
    }

    settings = read_settings(config, environ)

    assert settings.connections[0].events == frozenset({"message.push.clicked"})
    assert settings.connections[0].fields == {"event.id": "id"}
    assert settings.outbox_url == "sqlite://"


@pytest.mark.parametrize("contract", ["2026", "true", "[]"])
def test_a_text_without_quotes_in_the_file_is_refused_in_one_line_that_says_so(config, contract):
    config.write_text(config.read_text().replace('name = "shop"', f'name = "shop"\ncontract = {contract}'))

    with pytest.raises(SettingsError, match=r"^connections.contract is a text: write it in quotes$"):
        read_settings(config)


def test_two_connections_that_the_environment_cannot_tell_apart_are_refused(config):
    second = TOML.partition("[[connections]]")[2].format(outbox_url="").replace('"shop"', '"shop eu"')
    config.write_text(f"{config.read_text()}[[connections]]{second}".replace('"shop"', '"shop-eu!"'))

    with pytest.raises(SettingsError, match="2 connections are 'SHOP_EU' here"):
        read_settings(config, {"BRIDGE_CONNECTIONS__SHOP_EU__SECRET": "x"})


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
