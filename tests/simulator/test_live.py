"""The same houses on real sockets: five doors, one JSON line that says where they are."""

import os
import signal
import socket
import subprocess
import sys
from uuid import UUID

import orjson
import pytest
import requests

from simulator.errors import WrongUsageError
from simulator.live import Live

_JUDGED = ("journal", "verdicts")


@pytest.fixture
def live(simulation):
    with Live(simulation) as live:
        yield live


def test_each_door_leads_to_its_house(live):
    said = {name: requests.get(f"{url}/health", timeout=5) for name, url in live.urls.items()}

    assert said["control"].json()["status"] == "ok"
    assert said["onesignal"].json().keys() == {"errors"}
    assert said["amplitude_us"].json() == said["amplitude_eu"].json() == {"code": 400, "error": "Invalid request path"}
    assert said["bridge"].status_code == 200


def test_a_csv_export_is_on_the_door_that_was_asked(live, simulation):
    answer = requests.post(
        f"{live.urls['onesignal']}/players/csv_export?app_id={simulation.app.id}",
        headers={"Authorization": f"Key {simulation.app.rest_api_key}"},
        timeout=5,
    )

    assert answer.json()["csv_file_url"].startswith(live.urls["onesignal"])
    assert requests.get(answer.json()["csv_file_url"], timeout=5).status_code == 200


def test_the_page_shows_the_wire_without_keys(live, simulation):
    headers = {"Authorization": f"Key {simulation.app.rest_api_key}"}
    requests.get(f"{live.urls['onesignal']}/apps/{simulation.app.id}/segments", headers=headers, timeout=5)

    page = requests.get(live.urls["control"], timeout=5).text

    assert "/segments" in page
    assert simulation.app.rest_api_key not in page


def test_what_a_client_did_wrong_stands_beside_its_call_and_is_served(live, simulation):
    body = {"api_key": simulation.project.api_key, "events": [{"user_id": "ada-lovelace", "event_type": "Visit"}]}
    body["events"][0]["insert_id"] = "<b>one</b>"
    for _ in range(2):
        requests.post(f"{live.urls['amplitude_us']}/2/httpapi", json=body, timeout=5)

    journal, verdicts = (requests.get(f"{live.urls['control']}/{name}", timeout=5).json() for name in _JUDGED)
    page = requests.get(live.urls["control"], timeout=5).text

    words = "'<b>one</b>', which was accepted in #1"
    assert [exchange["verdicts"] for exchange in journal] == [[f"sent again what was accepted: {words}"], []]
    assert verdicts == [{"sin": "sent again what was accepted", "sender": "you", "exchange": 2, "words": words}]
    assert page.count("&lt;b&gt;one&lt;/b&gt;") == 2
    assert "<b>one" not in page


def test_what_is_not_there_is_answered_with_what_is(live):
    assert "/journal" in requests.get(f"{live.urls['control']}/jurnal", timeout=5).json()["error"]


def test_free_ports_are_consecutive_too(live):
    ports = [int(url.rsplit(":", 1)[1]) for url in live.urls.values()]

    assert list(live.urls) == ["control", "onesignal", "amplitude_us", "amplitude_eu", "bridge"]
    assert ports == list(range(ports[0], ports[0] + 5))


@pytest.mark.parametrize("host", ["", "a" * 300, "::zz"])
def test_a_host_that_is_none_is_said_in_one_line(simulation, host):
    with pytest.raises(WrongUsageError, match=r"a host|cannot listen on"):
        Live(simulation, host=host)


def test_a_taken_port_is_said_in_one_line(simulation):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]

        with pytest.raises(WrongUsageError, match=f"cannot listen on 127.0.0.1:{port}"):
            Live(simulation, port=port)


def test_serve_says_where_everything_is_and_ends_when_told(tmp_path):
    ready_file = tmp_path / "ready.json"
    command = [sys.executable, "-m", "simulator", "serve", "--port", "0", "--ready-file", str(ready_file)]
    command += ["--scenario", "faq_counts", "--set", "users=20", "--seed", "5", "--onesignal-profile", "2022"]

    with subprocess.Popen(command, stdout=subprocess.PIPE) as served:  # noqa: S603  # our own command
        ready = orjson.loads(served.stdout.readline())
        health = requests.get(f"{ready['control']}/health", timeout=5).json()
        keys = {"Authorization": f"Basic {ready['credentials']['onesignal']['organization_api_key']}"}
        unknown_app = requests.get(f"{ready['onesignal']}/apps/{UUID(int=1)}", headers=keys, timeout=5).json()
        os.kill(served.pid, signal.SIGTERM)

    assert served.returncode == 0
    assert health["status"] == "ok"
    assert health["seed"] == 5
    assert isinstance(unknown_app["errors"], str), "as the API of 2022 says it"
    assert orjson.loads(ready_file.read_bytes()) == ready
    assert ready.keys() >= {"control", "onesignal", "amplitude_us", "amplitude_eu", "bridge", "cohort_id", "segment_id"}
    assert ready["credentials"].keys() == {"onesignal", "bridge", "amplitude_us", "amplitude_eu"}
