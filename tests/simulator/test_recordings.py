"""What came from outside becomes a tape without keys, and the tape a scenario, a pytest test or a Locust user."""

import gzip
import subprocess
import sys
from base64 import b64encode
from importlib.util import module_from_spec, spec_from_file_location

import orjson
import pytest
import requests
from click.testing import CliRunner

from simulator.__main__ import main
from simulator.credentials import credentials
from simulator.errors import WrongUsageError
from simulator.live import Live
from simulator.load.drive import drive
from simulator.recordings.recorder import Recorder
from simulator.recordings.tape import read_tape
from simulator.recordings.writing import write
from simulator.simulation import Simulation
from simulator.telling import Telling

ONESIGNAL, AMPLITUDE = "https://api.onesignal.com", "https://api2.amplitude.com"


def client(simulation, session, *, onesignal=ONESIGNAL, amplitude=AMPLITUDE, dashboard="https://amplitude.com"):
    """Somebody's program: it makes a user, tags it by the id it was given, sends it a message, and looks it up."""
    app, project = simulation.app, simulation.project
    key = {"Authorization": f"Key {app.rest_api_key}"}
    phone = {"type": "iOSPush", "token": "apns-token-ada", "enabled": True, "notification_types": 1}
    ada = {"identity": {"external_id": "ada/lovelace"}, "subscriptions": [phone]}
    made = session.post(f"{onesignal}/apps/{app.id}/users", json=ada, headers=key).json()
    at = f"{onesignal}/apps/{app.id}/users/by/onesignal_id/{made['identity']['onesignal_id']}"
    session.patch(at, json={"properties": {"tags": {"level": "3", "note": '{braces} and "quotes" and é'}}}, headers=key)
    to = {"include_subscription_ids": [made["subscriptions"][0]["id"]], "contents": {"en": "Hello"}}
    sent = session.post(f"{onesignal}/notifications", json={"app_id": app.id, **to}, headers=key).json()
    session.get(f"{onesignal}/notifications/{sent['id']}?app_id={app.id}", headers=key)
    event = {"user_id": "ada/lovelace", "event_type": "Lesson Completed"}
    session.post(f"{amplitude}/2/httpapi", json={"api_key": project.api_key, "events": [event]})
    session.post(f"{amplitude}/2/httpapi", json={"api_key": project.api_key, "events": [{}]})
    session.post(
        f"{amplitude}/identify", data={"api_key": project.api_key, "identification": '{"user_id":"ada/lovelace"}'}
    )
    session.get(f"{dashboard}/api/2/usersearch?user=ada%2Flovelace", auth=(project.api_key, project.secret_key))


@pytest.fixture
def tape(simulation, tmp_path):
    path = tmp_path / "tape.jsonl"
    with Recorder(path, simulation):
        client(simulation, simulation.session())
        simulation.run_until_quiet()
    return path


def test_a_tape_holds_the_calls_from_outside_and_no_key(simulation, tape):
    text = tape.read_text()

    statuses = [call.status for call in read_tape(tape).calls]
    assert statuses == [201, 202, 200, 200, 200, 400, 200, 200]
    assert "${onesignal.rest_api_key}" in text
    pair = f"{simulation.project.api_key}:{simulation.project.secret_key}"
    secrets = [
        secret
        for keys in credentials(simulation).values()
        for name, secret in keys.items()
        if name not in {"app_id", "connection"}
    ]
    assert not [secret for secret in (*secrets[:-1], b64encode(pair.encode()).decode()) if secret in text]


def test_whatever_was_said_is_said_again_to_the_byte(simulation, tmp_path):
    """Packed bodies hide keys, so they are unpacked; bodies that are no JSON, and texts that look like a tape's own."""
    path, app, project = tmp_path / "tape.jsonl", simulation.app, simulation.project
    key = {"Authorization": f"Key {app.rest_api_key}"}
    event = {"user_id": "ada/lovelace", "event_type": "the domain's ${liquid.name}\n{} \\ \"'"}
    upload = gzip.compress(orjson.dumps({"api_key": project.api_key, "events": [event]}))
    packed = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    with Recorder(path, simulation), simulation.session() as session:
        session.post(f"{AMPLITUDE}/2/httpapi", data=upload, headers=packed)
        session.post(f"{AMPLITUDE}/2/httpapi", data=upload, headers={"Content-Encoding": "gzip"})
        broken = b'{"app_id": "' + app.id.encode() + b'\n\0\xff ${a.b} {c} "'
        session.post(f"{ONESIGNAL}/notifications", data=broken, headers=key)
        session.get(f"{ONESIGNAL}/nothing/{{here}}?to='\"see\"'&${{x.y}}", headers=key)

    said = module_of(write(read_tape(path), "scenario"), tmp_path)
    again = Simulation(99)
    ending = said.play(again)

    assert project.api_key not in path.read_text()
    assert ending.holds, [check for check in ending.checks if not check.holds]
    assert [each["event_type"] for each in again.amplitude_reader().events_of("ada/lovelace")] == [event["event_type"]]


def module_of(text, folder):
    path = folder / "recorded_words.py"
    path.write_text(text)
    module = module_from_spec(spec_from_file_location(path.stem, path))
    module.__spec__.loader.exec_module(module)
    return module


def test_ids_that_were_born_in_an_answer_become_references(tape):
    text = write(read_tape(tape), "test")

    assert "users/by/onesignal_id/{a1['identity']['onesignal_id']}" in text
    assert "[a1['subscriptions'][0]['id']]" in text
    assert "/notifications/{a3['id']}?app_id={keys['onesignal']['app_id']}" in text
    assert "ada/lovelace" in text  # the program's own id stays what it is


@pytest.mark.parametrize("seed", [0, 99])
def test_a_recording_becomes_a_scenario_that_holds_under_any_seed(tape, tmp_path, seed):
    scenario = tmp_path / "recorded_scenario.py"
    scenario.write_text(write(read_tape(tape), "scenario"))
    module = module_from_spec(spec_from_file_location("recorded_scenario", scenario))
    module.__spec__.loader.exec_module(module)

    ending = module.play(Simulation(seed))

    assert len(ending.checks) == 8
    assert ending.holds, [check for check in ending.checks if not check.holds]


def test_a_recording_becomes_a_pytest_test_that_passes_and_can_fail(tape, tmp_path):
    written = tmp_path / "test_recorded.py"
    written.write_text(write(read_tape(tape), "test"))
    broken = tmp_path / "test_broken.py"
    broken.write_text(written.read_text().replace("status=201", "status=200"))

    options = ("-p", "no:cacheprovider", "-p", "no:randomly", "-c", "/dev/null", "-q", str(tmp_path))
    ran = subprocess.run(  # noqa: S603  # our own command
        [sys.executable, "-m", "pytest", *options], capture_output=True, text=True, check=False
    )

    assert "1 failed, 1 passed" in ran.stdout
    assert "call 1 is answered with 200" in ran.stdout


def test_a_recording_made_on_sockets_becomes_a_locust_user(simulation, tmp_path):
    path, locustfile = tmp_path / "tape.jsonl", tmp_path / "locustfile.py"
    with Recorder(path, simulation), Live(simulation) as live, requests.Session() as session:
        urls = live.urls
        client(
            simulation,
            session,
            onesignal=urls["onesignal"],
            amplitude=urls["amplitude_us"],
            dashboard=urls["amplitude_us"],
        )
    locustfile.write_text(write(read_tape(path), "locust"))

    figures = drive(seconds=4, users=1, seed=5, locustfile=locustfile)

    assert "POST api.onesignal.com/apps/:id/users" in {figure.name for figure in figures}
    assert sum(figure.requests for figure in figures) > 8
    assert not [figure for figure in figures if figure.failures]


def test_a_recording_after_a_story_begins_with_that_story(tmp_path):
    telling = Telling("connect_and_sync", seed=3, settings=("people=2",))
    street, path = telling.begin(), tmp_path / "tape.jsonl"
    telling.tell(street)
    with Recorder(path, street, after=telling):
        street.session().get(
            f"{ONESIGNAL}/apps/{street.app.id}/segments", headers={"Authorization": f"Key {street.app.rest_api_key}"}
        )
    scenario = tmp_path / "recorded_after.py"
    scenario.write_text(write(read_tape(path), "scenario"))
    module = module_from_spec(spec_from_file_location("recorded_after", scenario))
    module.__spec__.loader.exec_module(module)

    again = telling.begin()

    assert module.play(again).holds
    assert again.onesignal_reader().segment_id("Eager learners") is not None


@pytest.mark.parametrize(
    ("content", "complaint"),
    [
        ("", "is no recording: it is empty"),
        ("{}", "line 1: Object missing required field"),
        ('{"recording":2,"seed":1,"began":"2026-01-05T09:00:00Z","limits":"off"}', "line 1: Invalid enum value 2"),
        (
            '{"recording":1,"seed":1,"began":"2026-01-05T09:00:00Z","limits":"off"}\n{"method":"GET"',
            "line 2: Input data was truncated",
        ),
    ],
)
def test_a_broken_tape_is_refused_with_its_line(tmp_path, content, complaint):
    path = tmp_path / "broken.jsonl"
    path.write_text(content)

    with pytest.raises(WrongUsageError, match=complaint):
        read_tape(path)


def test_the_command_line_writes_a_recording_out_and_refuses_what_is_none(tape, tmp_path):
    written = CliRunner().invoke(main, ["recording", str(tape), "--as", "test"])
    missing = CliRunner().invoke(main, ["recording", str(tmp_path / "no.jsonl"), "--as", "test"])
    misspelt = CliRunner().invoke(main, ["recording", str(tape), "--as", "tset"])

    assert written.output == write(read_tape(tape), "test")
    assert (missing.exit_code, misspelt.exit_code) == (2, 2)
    assert missing.stderr.endswith("no.jsonl: No such file or directory\n")
