"""Whatever fails, and in whatever order: every user's deliveries arrive once, in the order in which they came.

Every example of a property has a connection of its own, so that on PostgreSQL all of them can share a schema.
"""

from __future__ import annotations

from itertools import count

import pytest
from bridge_vendors import LOST_ANSWER, LOST_REQUEST
from bridge_world import build_world
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

USERS = ("ann-1", "bob-2", "eve-3")
_names = count(1)
on_both_engines = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(params=["memory", "postgresql"])
def shared_url(request):
    return "sqlite://" if request.param == "memory" else request.getfixturevalue("postgresql_url")


def a_world_of_its_own(shared_url):
    name = f"shop {next(_names)}"
    world = build_world(outbox_url=shared_url, name=name)
    world.connection = name
    return world


def states_of(world):
    return {each.state for each in world.bridge.deliveries() if each.connection == world.connection}


faults = st.one_of(
    st.none(),
    st.sampled_from([LOST_REQUEST, LOST_ANSWER]),
    st.sampled_from([500, 502, 503, 504]).map(lambda status: (status, {}, b"")),
    st.just((503, {"Retry-After": "90"}, b"")),
    st.sampled_from(USERS).map(
        lambda user: (429, {}, {"code": 429, "error": "Too many requests", "throttled_users": {user: 31}})
    ),
    st.lists(st.integers(0, 6), min_size=1, max_size=3).map(
        lambda indexes: (429, {}, {"code": 429, "error": "Too many requests", "throttled_events": indexes})
    ),
)
runs = st.sampled_from(["run", "wait"])
arrivals = st.sampled_from(USERS)


@on_both_engines
@given(story=st.lists(arrivals | runs, max_size=14), weather=st.lists(faults, max_size=10))
def test_events_of_one_user_keep_their_order_and_arrive_once(shared_url, story, weather):
    world = a_world_of_its_own(shared_url)
    world.us.script.extend(weather)
    sent = []

    for number, step in enumerate(story):
        if step in USERS:
            world.stream(event_id=f"e{number}", event_external_id=step, event_subscription_id=f"device of {step}")
            sent.append((step, f"e{number}"))
        elif step == "run":
            world.bridge.run_due()
        else:
            world.clock.advance(seconds=13)
    world.run_until_quiet()

    arrived = [(event["user_id"], event["insert_id"]) for event in world.us.events]
    for user in USERS:
        assert [each for each in arrived if each[0] == user] == [each for each in sent if each[0] == user]
    assert len(arrived) == len(sent)
    assert states_of(world) <= {"delivered"}
    world.bridge.close()


changes = st.tuples(st.sampled_from(["add", "remove"]), st.lists(st.sampled_from(USERS), min_size=1, unique=True))


@on_both_engines
@given(
    story=st.lists(changes | runs, max_size=14),
    weather=st.lists(
        st.sampled_from(
            [None, LOST_REQUEST, LOST_ANSWER, (500, {}, b""), (429, {"Retry-After": "5"}, b""), (503, {}, b"")]
        ),
        max_size=10,
    ),
)
def test_membership_ends_as_the_last_change_of_each_user_says(shared_url, story, weather):
    world = a_world_of_its_own(shared_url)
    world.onesignal.script.extend(weather)
    list_id = world.open_list()
    expected = set()

    for step in story:
        if step == "run":
            world.bridge.run_due()
        elif step == "wait":
            world.clock.advance(seconds=13)
        else:
            operation, users = step
            world.change(list_id, operation, *users)
            expected = expected | set(users) if operation == "add" else expected - set(users)
    world.run_until_quiet()

    assert world.onesignal.members == {"c1": expected}
    assert states_of(world) <= {"delivered"}
    world.bridge.close()


def test_a_lane_with_one_delay_over_and_another_not_comes_to_rest():
    world = build_world()
    world.us.script.append((429, {}, {"error": "Too many requests", "throttled_events": [0]}))
    world.stream(event_id="e1")
    world.bridge.run_due()
    world.clock.advance(seconds=30)
    world.us.script.append((429, {}, {"error": "Too many requests", "throttled_events": [1]}))
    world.stream(event_id="e2")
    world.bridge.run_due()

    due = world.bridge.next_due()

    assert due is not None
    assert due > world.clock.moment
    world.run_until_quiet()
    assert [event["insert_id"] for event in world.us.events] == ["e1", "e2"]
    world.bridge.close()


def test_a_buried_event_neither_stops_nor_reorders_the_rest_of_its_lane():
    world = build_world()
    refusal = {"code": 400, "error": "Invalid field values on some events", "events_with_invalid_fields": {"time": [1]}}
    world.us.script.extend([(400, {}, refusal), LOST_ANSWER])
    for number in range(5):
        world.stream(event_id=f"e{number}")

    world.run_until_quiet()

    assert [event["insert_id"] for event in world.us.events] == ["e0", "e2", "e3", "e4"]
    assert [each.source_id for each in world.bridge.deliveries(state="buried")] == ["e1"]
    world.bridge.close()
