from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from bridge_world import SECRET
from werkzeug.test import Client

if TYPE_CHECKING:
    from bridge_vendors import StrictAmplitude

EVENT = {
    "event.kind": "message.push.sent",
    "event.id": "e1",
    "event.timestamp": 1_773_144_000,
    "event.external_id": "u",
}
LISTS = "/connections/shop/cohorts/lists"
EVENTS = "/connections/shop/message-events"


def test_health_is_answered_to_anybody(world):
    answer = Client(world.bridge).get("/health")

    assert (answer.status_code, answer.json) == (200, {"status": "ok"})


@pytest.mark.parametrize("header", ["", "Bearer", "Bearer wrong", "Basic door-secret", "door-secret", "Bearer döör"])
def test_a_wrong_secret_is_refused_and_nothing_is_stored(world, header):
    before = world.bridge.fingerprint()

    answer = Client(world.bridge).post(EVENTS, headers={"Authorization": header}, json=EVENT)

    assert answer.status_code == 401
    assert world.bridge.fingerprint() == before


def test_one_connections_secret_does_not_open_another(world):
    assert Client(world.bridge).post("/connections/other/message-events", headers=SECRET).status_code == 404


@pytest.mark.parametrize(
    "path", ["/", "/connections/shop", "/connections//message-events", f"{EVENTS}/", "/%ff", "/x%2Fy"]
)
def test_an_unknown_path_is_answered_404_in_our_envelope(world, path):
    answer = Client(world.bridge).post(path, headers=SECRET, json=EVENT)

    assert answer.status_code == 404
    assert set(answer.json) == {"error"}


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH", "OPTIONS", "HEAD"])
def test_another_method_is_answered_405_with_what_is_allowed(world, method):
    answer = Client(world.bridge).open(EVENTS, method=method, headers=SECRET)

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "POST"


def test_a_connections_name_is_percent_decoded_after_the_path_is_cut(make_world):
    world = make_world(name="Shop / München")

    answer = Client(world.bridge).post(
        "/connections/Shop%20%2F%20M%C3%BCnchen/message-events", headers=SECRET, json=EVENT
    )

    assert answer.json == {"accepted": 1}


def test_a_body_longer_than_the_limit_is_answered_413(world):
    before = world.bridge.fingerprint()

    event = Client(world.bridge).post(EVENTS, headers=SECRET, data=b" " * 1_000_001)
    batch = Client(world.bridge).post(LISTS, headers=SECRET, data=b" " * 20_000_001)

    assert (event.status_code, batch.status_code) == (413, 413)
    assert world.bridge.fingerprint() == before


def test_a_repeated_event_id_is_counted_and_delivered_once(world):
    first, second = world.stream(), world.stream()
    world.bridge.run_due()
    third = world.stream()
    world.bridge.run_due()

    assert first.json == {"accepted": 1}
    assert second.json == third.json == {"accepted": 0, "reason": "already received"}
    assert len(world.us.events) == 1
    account = world.bridge.status().connections[0].events
    assert (account.received, account.delivered, account.ignored) == (3, 1, {"already received": 2})


def test_an_event_without_external_id_is_dropped_in_2022_and_kept_when_asked(make_world):
    dropping, keeping = make_world(), make_world(anonymous="keep")

    dropped = dropping.stream(event_external_id="")
    kept = keeping.stream(event_external_id=None)
    keeping.bridge.run_due()

    assert dropped.json == {"accepted": 0, "reason": "anonymous"}
    assert kept.json == {"accepted": 1}
    assert keeping.us.events[0]["device_id"] == "subscription-1"
    assert "user_id" not in keeping.us.events[0]


def test_an_event_of_another_app_is_not_credited(world):
    assert world.stream(event_app_id="app-2").json == {"accepted": 0, "reason": "another app"}


@pytest.mark.parametrize("external_id", ["NULL", "none", "all", "0", "-1", "n/a", "x" * 1025])
def test_a_placeholder_id_is_buried_before_it_poisons_an_upload(world, external_id):
    world.stream(event_id="good")

    answer = world.stream(event_id="bad", event_external_id=external_id)
    world.bridge.run_due()

    assert answer.json == {"accepted": 1}
    assert [event["insert_id"] for event in world.us.events] == ["good"]
    (buried,) = world.bridge.deliveries(state="buried")
    assert buried.source_id == "bad"
    assert buried.reason.startswith("external_id")


def test_a_short_id_travels_because_the_upload_allows_it(world):
    world.stream(event_external_id="42")

    world.bridge.run_due()

    assert world.us.events[0]["user_id"] == "42"


def test_a_full_outbox_answers_503_and_takes_again_when_there_is_room(make_world):
    world = make_world(outbox_maximum=1)
    world.stream(event_id="e1")

    full = world.stream(event_id="e2")
    world.bridge.run_due()
    again = world.stream(event_id="e2")

    assert (full.status_code, full.headers["Retry-After"]) == (503, "30")
    assert again.json == {"accepted": 1}


def test_a_door_never_calls_out(world):
    world.stream()
    list_id = world.open_list()
    world.change(list_id, "add", "user-1")

    assert world.wire.asked == []


def test_the_same_cohort_has_the_same_list_and_another_one_has_not(world):
    assert world.open_list() == world.open_list() == world.open_list("Renamed: again")
    assert world.open_list(cohort_id="c2") != world.open_list()


def test_a_list_that_was_never_created_is_unknown(world):
    assert world.change("nowhere", "add", "user-1").status_code == 404


MALFORMED_EVENTS = [
    b"",
    b"{",
    b"[]",
    b"null",
    b"1",
    b'"text"',
    b"\xff",
    b'{"event.kind": "message.push.sent"}',
    b'{"event": null, "message": []}',
    b"[" * 100_000,
    *(
        json.dumps(EVENT | change).encode()
        for change in (
            {"event.id": ""},
            {"event.id": 7},
            {"event.id": "a\0b"},
            {"event.kind": None},
            {"event.kind": ["message.push.sent"]},
            {"event.timestamp": "yesterday"},
            {"event.timestamp": -1},
            {"event.timestamp": 10**400},
            {"event.timestamp": 1_773_144_000_000},
            {"event.timestamp": True},
            {"event.timestamp": None},
            {"event.datetime": "2026-13-01"},
            {"event.datetime": "0001-01-01T00:00:00+14:00"},
            {"event.datetime": 5},
            {"event.external_id": {"id": "u"}},
            {"event.external_id": 42},
            {"event.external_id": "\ud800"},
            {"message.title": ["Hi"]},
            {"message.title": {"en": {"deep": "er"}}},
        )
    ),
]
MALFORMED_BATCHES = [
    b"",
    b"[]",
    b"null",
    b'{"userIds": null}',
    b'{"userIds": "u1"}',
    b'{"userIds": ["u1", 2]}',
    b'{"userIds": ["u1", null]}',
    b'{"userIds": ["u1", "\\ud800"]}',
    b'{"user_ids": ["u1"]}',
]
MALFORMED_LISTS = [
    b"",
    b"[]",
    b"{}",
    b'{"name": null}',
    b'{"name": "Power users"}',
    b'{"name": "[Amplitude] Power users"}',
    b'{"name": "[Amplitude] : c1"}',
    b'{"name": "[Amplitude] Power users: "}',
    b'{"name": "[Amplitude] Power\\u0000users: c1"}',
]


@pytest.mark.parametrize(
    ("path", "body"),
    [
        *((EVENTS, body) for body in MALFORMED_EVENTS),
        *((LISTS, body) for body in MALFORMED_LISTS),
        *((f"{LISTS}/list-1/{verb}", body) for body in MALFORMED_BATCHES for verb in ("add", "remove")),
    ],
    ids=lambda value: repr(value[-60:]),
)
def test_a_malformed_body_is_answered_400_in_one_line_and_nothing_is_stored(world, path, body):
    world.open_list()
    before = world.bridge.fingerprint()

    answer = Client(world.bridge).post(path, headers=SECRET, data=body)

    assert answer.status_code == 400, answer.text
    assert set(answer.json) == {"error"}
    assert "\n" not in answer.json["error"]
    assert world.bridge.fingerprint() == before


def test_every_accepted_id_is_accepted_by_a_strict_amplitude(world):
    for number, external_id in enumerate(["42", "Bob", "a/b?c#d", " user1", "é" * 600, "😀", 'q"uote\\']):
        world.stream(event_id=f"e{number}", event_external_id=external_id)

    world.bridge.run_due()

    receiver: StrictAmplitude = world.us
    assert len(receiver.events) == 7
    assert world.bridge.status().connections[0].events.waiting == 0
