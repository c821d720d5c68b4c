from __future__ import annotations

import json
from datetime import timedelta

import pytest
from bridge_vendors import LOST_ANSWER, LOST_REQUEST

from bridge import AmplitudeProject

HTML = b"<html><body>413 Request Entity Too Large</body></html>"


def arrived(world):
    return [event["insert_id"] for event in world.us.events]


def reasons(world):
    return world.bridge.status().connections[0].events.buried


def stream_of(world, *event_ids):
    for event_id in event_ids:
        world.stream(event_id=event_id, event_external_id=f"user of {event_id}")


def test_many_events_leave_in_batches_of_a_thousand_in_the_order_in_which_they_came(world):
    stream_of(world, *(f"e{number}" for number in range(1100)))

    assert world.bridge.run_due() == 1100

    assert [len(upload) for upload in world.us.uploads] == [1000, 100]
    assert arrived(world) == [f"e{number}" for number in range(1100)]
    assert world.bridge.next_due() is None


def test_a_batch_stays_below_one_megabyte(world):
    for number in range(400):
        world.stream(
            event_id=f"e{number}", message_name="n" * 1024, message_title="é" * 1024, message_contents="c" * 1024
        )

    world.bridge.run_due()

    sizes = [len(json.dumps(upload, ensure_ascii=False, separators=(",", ":")).encode()) for upload in world.us.uploads]
    assert len(arrived(world)) == 400
    assert len(sizes) == len(world.wire.asked) == 2, "never refused as too large"
    assert max(sizes) < 1_000_000


def test_the_connections_region_chooses_the_host(make_world):
    world = make_world(amplitude=AmplitudeProject("eu-key", region="EU"))
    world.stream()

    world.bridge.run_due()

    assert world.wire.asked == ["api.eu.amplitude.com"]
    assert len(world.eu.events) == 1
    assert world.us.events == []


@pytest.mark.parametrize(
    "fault",
    [
        LOST_REQUEST,
        LOST_ANSWER,
        (500, {}, {"code": 500, "error": "Internal server error"}),
        (502, {}, HTML),
        (503, {}, {"code": 503, "error": "Service temporarily unavailable"}),
        (504, {}, b""),
        (403, {}, {"code": 403, "error": "Forbidden"}),
        (302, {"Location": "https://nowhere.test/"}, b""),
        (429, {}, {"code": 429, "error": "Too many requests for some devices and users"}),
        (200, {"Content-Type": "text/html"}, b"<title>Welcome to the hotel's network</title>"),
        (200, {}, b""),
        (200, {}, {"status": "ok"}),
    ],
    ids=repr,
)
def test_after_a_failed_upload_the_same_insert_ids_arrive_once(world, fault):
    world.us.script.append(fault)
    stream_of(world, "e1", "e2")

    world.bridge.run_due()
    still_due = world.bridge.next_due()
    world.run_until_quiet()

    assert still_due is not None
    assert still_due > world.clock.moment - timedelta(minutes=1)
    assert arrived(world) == ["e1", "e2"]
    assert reasons(world) == {}


def test_the_wait_doubles_up_to_five_minutes_and_starts_again_after_a_success(world):
    world.us.script.extend([LOST_REQUEST] * 10)
    stream_of(world, "e1")
    waits = []

    for _ in range(10):
        world.bridge.run_due()
        waits.append((world.bridge.next_due() - world.clock.moment).total_seconds())
        world.clock.advance(seconds=waits[-1])
    world.bridge.run_due()
    world.us.script.append(LOST_REQUEST)
    stream_of(world, "e2")
    world.bridge.run_due()

    assert waits == [1, 2, 4, 8, 16, 32, 64, 128, 256, 300]
    assert world.bridge.next_due() - world.clock.moment == timedelta(seconds=1)


@pytest.mark.parametrize("retry_after", ["120", "Tue, 10 Mar 2026 12:02:00 GMT"])
def test_retry_after_is_obeyed(world, retry_after):
    world.us.script.append((503, {"Retry-After": retry_after}, b""))
    stream_of(world, "e1")

    world.bridge.run_due()

    assert world.bridge.next_due() - world.clock.moment == timedelta(seconds=120)
    world.clock.advance(seconds=119)
    assert world.bridge.run_due() == 0
    world.clock.advance(seconds=1)
    assert world.bridge.run_due() == 1


@pytest.mark.parametrize("retry_after", ["soon", "-5", "99999999999999999999", "", "1.5"])
def test_a_senseless_retry_after_does_no_harm(world, retry_after):
    world.us.script.append((503, {"Retry-After": retry_after}, b""))
    stream_of(world, "e1")

    world.run_until_quiet()

    assert arrived(world) == ["e1"]


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (
            {"error": "Request missing required field", "events_with_missing_fields": {"event_type": [1]}},
            "400 Request missing required field: event_type",
        ),
        (
            {"error": "Invalid field values on some events", "events_with_invalid_fields": {"time": [1]}},
            "400 Invalid field values on some events: time",
        ),
        (
            {
                "events_with_invalid_id_lengths": {"user_id": [1]},
                "error": "Invalid id length for user_id or device_id",
            },
            "400 Invalid id length for user_id or device_id: user_id",
        ),
        (
            {
                "eps_threshold": 100,
                "error": "Events silenced for device_id",
                "exceeded_daily_quota_devices": {},
                "silenced_devices": ["d1"],
                "silenced_events": [1],
                "throttled_devices": {},
                "throttled_events": [],
            },
            "400 Events silenced for device_id",
        ),
    ],
)
def test_what_the_vendor_points_at_is_buried_with_its_words_and_the_rest_is_sent_again(world, body, reason):
    world.us.script.append((400, {}, {"code": 400} | body))
    stream_of(world, "e1", "e2", "e3")

    world.bridge.run_due()

    assert arrived(world) == ["e1", "e3"]
    assert [buried.source_id for buried in world.bridge.deliveries(state="buried")] == ["e2"]
    assert reasons(world) == {reason: 1}


def test_without_indexes_the_bad_one_is_found_by_halving(world):
    def refuses_e5(events):
        bad = any(event["insert_id"] == "e5" for event in events)
        return (400, {"code": 400, "error": "Invalid event JSON"}) if bad else None

    world.us.judge = refuses_e5
    stream_of(world, *(f"e{number}" for number in range(16)))

    world.bridge.run_due()

    assert arrived(world) == [f"e{number}" for number in range(16) if number != 5]
    assert reasons(world) == {"400 Invalid event JSON": 1}
    assert len(world.us.uploads) == 9


@pytest.mark.parametrize("indexes", [[99], [-1], ["1"], [True], {"a": 1}, None])
def test_indexes_that_make_no_sense_are_as_none(world, indexes):
    body = {
        "code": 400,
        "error": "Invalid field values on some events",
        "events_with_invalid_fields": {"time": indexes},
    }
    world.us.script.append((400, {}, body))
    stream_of(world, "e1", "e2")

    world.bridge.run_due()

    assert arrived(world) == ["e1", "e2"]


@pytest.mark.parametrize("body", [{"code": 413, "error": "Payload too large"}, HTML])
def test_a_batch_that_is_too_large_is_halved_in_order(world, body):
    world.us.script.extend([(413, {}, body), (413, {}, body)])
    stream_of(world, "e1", "e2", "e3", "e4")

    world.bridge.run_due()

    assert arrived(world) == ["e1", "e2", "e3", "e4"]
    assert [len(upload) for upload in world.us.uploads] == [1, 1, 2]


def test_one_event_that_is_too_large_alone_is_buried(world):
    world.us.script.append((413, {}, {"code": 413, "error": "Payload too large"}))
    stream_of(world, "e1")

    world.bridge.run_due()

    assert reasons(world) == {"413 Payload too large": 1}


@pytest.mark.parametrize(
    "named",
    [
        {"throttled_users": {"user of e2": 31}},
        {"throttled_devices": {"subscription of e2": 31}},
        {"throttled_events": [1]},
    ],
)
def test_a_throttled_user_waits_alone_and_the_others_flow(world, named):
    error = {"code": 429, "error": "Too many requests for some devices and users", "eps_threshold": 30}
    world.us.script.append((429, {}, error | named))
    for event_id in ("e1", "e2", "e3"):
        world.stream(
            event_id=event_id,
            event_external_id=f"user of {event_id}",
            event_subscription_id=f"subscription of {event_id}",
        )

    world.bridge.run_due()

    assert arrived(world) == ["e1", "e3"]
    assert world.bridge.next_due() - world.clock.moment == timedelta(seconds=30)
    world.stream(event_id="e4", event_external_id="user of e2")
    world.stream(event_id="e5", event_external_id="user of e1")
    world.bridge.run_due()
    assert arrived(world) == ["e1", "e3", "e5"]
    world.run_until_quiet()
    assert arrived(world) == ["e1", "e3", "e5", "e2", "e4"]


def test_nobody_overtakes_a_throttled_event_of_the_same_user(world):
    error = {"code": 429, "error": "Too many requests for some devices and users", "throttled_events": [1]}
    world.us.script.append((429, {}, error))
    for event_id in ("e1", "e2", "e3"):
        world.stream(event_id=event_id)
    stream_of(world, "other")

    world.bridge.run_due()

    assert arrived(world) == ["other"]
    world.run_until_quiet()
    assert arrived(world) == ["other", "e1", "e2", "e3"]


def test_a_user_over_the_daily_quota_waits_an_hour(world):
    error = {"code": 429, "error": "Too many requests", "exceeded_daily_quota_users": {"user of e1": 500_001}}
    world.us.script.append((429, {}, error))
    stream_of(world, "e1", "e2")

    world.bridge.run_due()

    assert arrived(world) == ["e2"]
    assert world.bridge.next_due() - world.clock.moment == timedelta(hours=1)


def test_a_refused_key_stops_the_route_buries_nothing_and_says_so(world):
    world.us.api_keys = ("another-key",)
    stream_of(world, "e1")
    list_id = world.open_list()
    world.change(list_id, "add", "user-1")

    world.bridge.run_due()

    account = world.bridge.status().connections[0]
    assert (account.events.waiting, account.events.held_because) == (1, "400 Invalid API key")
    assert account.cohorts.held_because is None
    assert world.onesignal.members == {"c1": {"user-1"}}
    assert world.bridge.next_due() is None
    assert world.bridge.run_due() == 0


def test_a_stopped_route_goes_on_when_its_key_is_mended(world):
    world.us.api_keys = ("another-key",)
    stream_of(world, "e1")
    world.bridge.run_due()

    world.us.api_keys = ("amplitude-key",)
    world.bridge.resume("shop")
    world.bridge.run_due()

    assert arrived(world) == ["e1"]
    assert world.bridge.status().connections[0].events.held_because is None


def test_a_key_of_the_other_region_stops_the_route(make_world):
    world = make_world(amplitude=AmplitudeProject("eu-key", region="US"))
    world.stream()

    world.bridge.run_due()

    assert world.bridge.status().connections[0].events.held_because == "400 Invalid API key"


def test_after_six_days_of_trying_an_event_is_given_up_with_the_last_reason(world):
    world.us.script.extend([(503, {}, {"code": 503, "error": "Service temporarily unavailable"})] * 5_000)
    stream_of(world, "e1")
    began = world.clock.moment

    world.run_until_quiet()

    assert reasons(world) == {"given up after 6 days: 503 Service temporarily unavailable": 1}
    assert timedelta(days=6) <= world.clock.moment - began < timedelta(days=6, hours=1)


def test_an_event_that_waited_long_for_us_is_still_tried_three_times(world):
    stream_of(world, "e1")
    world.clock.advance(days=30)
    world.us.script.extend([LOST_REQUEST] * 2)

    world.run_until_quiet()

    assert arrived(world) == ["e1"]
