"""Amplitude's events on their way to OneSignal's custom events: what arrives, what it means, what leaves."""

from __future__ import annotations

from uuid import UUID

import pytest
from bridge_more_vendors import PublicOneSignal
from bridge_vendors import LOST_ANSWER

from bridge.choices import CustomEvents


@pytest.fixture
def make_custom_world(make_world):
    def make(**settings):
        world = make_world(**settings)
        world.onesignal = PublicOneSignal(world.clock)
        world.wire.hosts["api.onesignal.com"] = world.onesignal
        return world

    return make


@pytest.fixture
def world(make_custom_world):
    return make_custom_world()


def row(number=1, **fields):
    """Make a row as Amplitude exports it (facts/amplitude-api.md 1.12)."""
    return {
        "event_type": "Bought",
        "user_id": "user-1",
        "device_id": "device-1",
        "$insert_id": f"insert-{number}",
        "uuid": f"uuid-{number}",
        "event_time": "2026-03-10T11:59:32.123",
        "event_properties": {"sku": "a-1", "price": 9.5, "paid": True, "none": None},
        "user_properties": {"crm_id": "crm-1"},
    } | fields


def arrive(world, *rows):
    return world.post("/custom-events", json=rows[0] if len(rows) == 1 else list(rows))


def flow(world):
    return world.bridge.status().connections[0].custom_events


def sent(world):
    return list(world.onesignal.events.values())


def test_an_event_arrives_with_its_properties_as_texts(world):
    answer = arrive(world, row())

    world.bridge.run_due()

    (event,) = sent(world)
    assert answer.json == {"accepted": 1}
    assert UUID(event.pop("idempotency_key")).version == 5
    assert event == {
        "name": "Bought",
        "external_id": "user-1",
        "timestamp": "2026-03-10T11:59:32.123Z",
        "properties": {"sku": "a-1", "price": "9.5", "paid": "true"},
    }


def test_the_key_of_an_event_is_the_same_in_every_bridge(make_custom_world):
    keys = []
    for _ in range(2):
        world = make_custom_world()
        arrive(world, row())
        world.bridge.run_due()
        keys += [event["idempotency_key"] for event in sent(world)]

    assert keys == ["fafd8d06-5cc5-5757-93f6-93252d053968"] * 2


def test_a_list_is_taken_and_a_repeated_event_holds_up_no_other(world):
    arrive(world, row(1))

    answer = arrive(world, row(1), row(2), row(2), row(3))
    world.bridge.run_due()

    assert answer.json == {"accepted": 2}
    assert len(sent(world)) == 3
    assert flow(world).ignored == {"already received": 2}


def test_a_mapped_property_is_the_external_id_and_chosen_properties_travel(make_custom_world):
    chosen = CustomEvents(external_id_from="crm_id", events=frozenset({"Bought"}), properties=frozenset({"sku"}))
    world = make_custom_world(custom_events=chosen)
    arrive(world, row(1), row(2, user_properties={}), row(3, event_type="Looked"))

    world.bridge.run_due()

    (event,) = sent(world)
    assert (event["external_id"], event["properties"]) == ("crm-1", {"sku": "a-1"})
    assert flow(world).ignored == {"event is not selected": 1, "unresolved mapping": 1}


def test_what_is_never_streamed_or_came_from_onesignal_is_counted(world):
    arrive(world, row(1, event_type="_identify"), row(2, event_type="[Onesignal] Push Clicked"))

    assert flow(world).ignored == {"came from OneSignal itself": 1, "never streamed": 1}
    assert world.bridge.next_due() is None


def test_a_list_or_an_object_is_left_out_and_counted(world):
    arrive(world, row(event_properties={"tags": ["a"], "cart": {"b": 1}, "sku": "x"}))

    world.bridge.run_due()

    assert sent(world)[0]["properties"] == {"sku": "x"}
    assert flow(world).noted == {"a property that is a list or an object was left out": 1}


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"event_type": "x" * 129}, "the name is longer than 128 characters"),
        ({"event_properties": {"text": "é" * 1_000}}, "the event is longer than 2024 bytes"),
        ({"user_id": "undefined"}, "external_id 'undefined' is a placeholder, not an id"),
    ],
)
def test_what_onesignal_would_refuse_is_buried_before_it_joins_others(world, fields, words):
    arrive(world, row(1, **fields), row(2))

    world.bridge.run_due()

    assert len(sent(world)) == 1
    assert flow(world).buried == {words: 1}


def test_a_request_stays_under_a_megabyte(world):
    big = {"text": "x" * 1_700}
    for first in range(0, 900, 450):
        arrive(world, *(row(number, event_properties=big) for number in range(first, first + 450)))

    world.bridge.run_due()

    assert len(sent(world)) == 900
    assert len(world.onesignal.requests_of_events) == 2


def test_an_error_inside_a_202_buries_who_is_not_found_and_repeats_the_others_alone(world):
    world.onesignal.fails = {"user-2": "not found", "user-3": "Rate Limit Exceeded"}
    arrive(world, row(1), row(2, user_id="user-2"), row(3, user_id="user-3"), row(4, user_id="user-4"))

    world.bridge.run_due()
    assert [event["external_id"] for event in sent(world)] == ["user-1", "user-4"]
    world.onesignal.fails.clear()
    world.run_until_quiet()

    words = "202 not found: failed to find a onesignal_id for user_id user-2"
    assert flow(world).buried == {words: 1}
    assert [event["external_id"] for event in world.onesignal.requests_of_events[-1]] == ["user-3"]


def test_a_web_page_instead_of_the_202_is_no_acceptance(world):
    world.onesignal.script.append((200, {"Content-Type": "text/html"}, b"<html>one moment</html>"))
    world.onesignal.fails = {"user-2": "not found"}
    arrive(world, row(1), row(2, user_id="user-2"))

    world.run_until_quiet()

    assert [event["external_id"] for event in sent(world)] == ["user-1"]
    assert flow(world).buried == {"202 not found: failed to find a onesignal_id for user_id user-2": 1}


def test_one_poisonous_event_is_found_by_halving(world):
    arrive(world, *(row(number, user_id=f"user-{number}") for number in range(8)))
    arrive(world, row(9, event_properties={"poison": "1"}))

    world.bridge.run_due()

    assert len(sent(world)) == 8
    assert flow(world).buried == {"400": 1}


def test_a_lost_answer_is_absorbed_by_the_idempotency_key(world):
    world.onesignal.script.append(LOST_ANSWER)
    arrive(world, row())

    world.run_until_quiet()

    assert len(world.onesignal.requests_of_events) == 2
    assert len(sent(world)) == 1


def test_what_onesignal_may_have_is_not_sent_again_after_four_hours(world):
    world.onesignal.script.append(LOST_ANSWER)
    arrive(world, row())
    world.bridge.run_due()

    world.clock.advance(hours=4)
    world.bridge.run_due()

    assert len(world.onesignal.requests_of_events) == 1
    (reason,) = flow(world).buried
    assert "too late to repeat" in reason


def test_what_onesignal_surely_has_not_is_sent_after_any_time(world):
    world.onesignal.script.append((429, {"Retry-After": "20"}, b""))
    arrive(world, row())
    world.bridge.run_due()

    world.clock.advance(hours=5)
    world.run_until_quiet()

    assert len(sent(world)) == 1


@pytest.mark.parametrize("answer", [(401, {}, b""), (403, {}, {"errors": ["Access denied.  Please"]})])
def test_a_wrong_key_stops_the_flow_and_buries_nothing(world, answer):
    world.onesignal.script.append(answer)
    arrive(world, row())

    world.bridge.run_due()

    assert flow(world).held_because is not None
    assert (flow(world).waiting, flow(world).buried) == (1, {})


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"7",
        b"{}",
        b"[7]",
        b'[{"event_type":"e"}]',
        b'{"event_type":" ","uuid":"u","event_time":"2026-03-10"}',
        b'{"event_type":"e","uuid":"","event_time":"2026-03-10"}',
        b'{"event_type":"e","uuid":"u","event_time":"soon"}',
        b'{"event_type":"e","uuid":"u"}',
        b'{"event_type":"e","uuid":"u","event_time":7}',
        b'{"event_type":"e\\u0000","uuid":"u","event_time":"2026-03-10"}',
        b'{"event_type":"e","uuid":"u","event_time":"2026-03-10","user_id":["x"]}',
        b'{"event_type":"e","uuid":"u","event_time":"2026-03-10","event_properties":[]}',
        b'[{"event_type":"e","uuid":"u","event_time":"2026-03-10"},{"event_type":"\\ud800"}]',
    ],
)
def test_what_is_no_streamed_event_is_refused_and_nothing_is_stored(world, body):
    before = world.bridge.fingerprint()

    answer = world.post("/custom-events", data=body, content_type="application/json")

    assert (answer.status_code, world.bridge.fingerprint()) == (400, before)
