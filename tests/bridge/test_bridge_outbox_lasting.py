"""What outlives a process and a month: stops, doubts, counts, and the memory of event ids."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bridge_vendors import LOST_ANSWER
from bridge_world import make_connection, open_bridge

from bridge import AmplitudeProject, Settings

THROTTLED = (429, {}, {"code": 429, "error": "Too many requests"})


def reopened(world, outbox_url, **settings):
    connection = make_connection(**settings)
    return open_bridge(world.wire, world.clock, Settings((connection,), outbox_url=outbox_url))


def account(bridge):
    return bridge.status().connections[0].events


@pytest.fixture
def stopped(make_world, outbox_url):
    """A world whose route of events was stopped for a wrong key, and whose process ended then."""
    world = make_world(outbox_url=outbox_url)
    world.us.api_keys = ("another-key",)
    world.stream(event_id="e1")
    world.bridge.run_due()
    world.bridge.close()
    return world


def test_a_stop_survives_a_restart_and_says_so(stopped, outbox_url):
    stopped.bridge = reopened(stopped, outbox_url)

    assert stopped.bridge.run_due() == 0
    assert stopped.bridge.next_due() is None
    assert (account(stopped.bridge).waiting, account(stopped.bridge).held_because) == (1, "400 Invalid API key")


def test_another_key_in_the_settings_lets_a_stopped_route_go_on(stopped, outbox_url):
    stopped.bridge = reopened(stopped, outbox_url, amplitude=AmplitudeProject("another-key"))

    assert stopped.bridge.run_due() == 1
    assert account(stopped.bridge).held_because is None


def test_resume_in_another_process_lets_a_stopped_route_go_on(stopped, outbox_url):
    stopped.us.api_keys = ("amplitude-key",)
    stopped.bridge = reopened(stopped, outbox_url)
    operator = reopened(stopped, outbox_url)

    operator.resume("shop")

    assert stopped.bridge.run_due() == 1
    operator.close()


@pytest.mark.parametrize("settle", ["the answer is lost", "the process dies"])
def test_what_may_have_arrived_is_buried_rather_than_repeated_after_the_window(make_world, outbox_url, settle):
    world = make_world(outbox_url=outbox_url)
    world.stream(event_id="e1")
    if settle == "the answer is lost":
        world.us.script.append(LOST_ANSWER)
        world.bridge.run_due()
    else:
        claimed = world.bridge._outbox.claim("shop", "events", 10, in_doubt=True)
        world.us._seen.add(("subscription-1", claimed[0].id))
    world.bridge.close()

    world.clock.advance(days=6, hours=12)
    world.bridge = reopened(world, outbox_url)
    world.stream(event_id="e2")
    world.run_until_quiet()

    why = "sent on 2026-03-10 without hearing what became of it, and too late to repeat"
    assert account(world.bridge).buried == {why: 1}
    assert [each.source_id for each in world.bridge.deliveries(state="delivered")] == ["e2"]


def test_inside_the_window_it_is_repeated(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)
    world.us.script.append(LOST_ANSWER)
    world.stream(event_id="e1")
    world.bridge.run_due()

    world.clock.advance(days=6, hours=11)
    world.run_until_quiet()

    assert account(world.bridge).delivered == 1
    assert len(world.us.events) == 1


@pytest.mark.parametrize("refusal", [THROTTLED, (503, {}, {"code": 503, "error": "Service temporarily unavailable"})])
def test_what_was_surely_not_taken_is_tried_again_however_late(make_world, outbox_url, refusal):
    world = make_world(outbox_url=outbox_url)
    world.us.script.append(refusal)
    world.stream(event_id="e1")
    world.bridge.run_due()

    world.clock.advance(days=30)
    world.run_until_quiet()

    assert account(world.bridge).delivered == 1


def test_what_was_never_tried_because_the_vendor_took_no_more_is_not_in_doubt(make_world):
    world = make_world()
    world.us.script.extend([(413, {}, b""), LOST_ANSWER])
    for number in range(2):
        world.stream(event_id=f"e{number}", event_external_id=f"user-{number}")
    world.bridge.run_due()

    first, second = world.bridge.deliveries()

    assert first.in_doubt_since == world.clock.moment
    assert second.in_doubt_since is None


def test_what_is_finished_is_forgotten_after_its_time_and_stays_counted(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)
    world.stream(event_id="e1")
    world.stream(event_id="bad", event_external_id="undefined")
    world.bridge.run_due()
    world.stream(event_id="waiting")
    before = account(world.bridge)

    world.clock.advance(days=30)
    assert world.bridge.forget() == 0
    world.clock.advance(seconds=1)
    assert world.bridge.forget() == 2

    assert [each.source_id for each in world.bridge.deliveries()] == ["waiting"]
    assert account(world.bridge) == before


def test_a_forgotten_event_is_known_again_until_its_memory_ends(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)
    world.stream(event_id="e1")
    world.bridge.run_due()
    world.clock.advance(days=89)
    world.bridge.forget()

    remembered = world.stream(event_id="e1")
    world.clock.advance(days=2)
    world.bridge.forget()
    forgotten = world.stream(event_id="e1")

    assert remembered.json == {"accepted": 0, "reason": "already received"}
    assert forgotten.json == {"accepted": 1}


def test_the_batch_endpoint_takes_two_thousand_and_throttles_for_fifteen_seconds(make_world):
    world = make_world(amplitude=AmplitudeProject("amplitude-key", endpoint="batch"))
    world.us.script.append((429, {}, {"error": "Too many requests", "throttled_events": [0]}))
    for number in range(3):
        world.stream(event_id=f"e{number}", event_external_id=f"user-{number}")

    world.bridge.run_due()

    assert [event["insert_id"] for event in world.us.events] == ["e1", "e2"]
    assert world.bridge.next_due() - world.clock.moment == timedelta(seconds=15)
    assert world.us.paths == {"/batch"}
