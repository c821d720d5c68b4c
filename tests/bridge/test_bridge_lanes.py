"""Whatever fails, and in whatever order: every user's deliveries arrive once, in the order in which they came."""

from __future__ import annotations

from bridge_vendors import LOST_ANSWER, LOST_REQUEST
from bridge_world import build_world
from hypothesis import given, settings
from hypothesis import strategies as st

USERS = ("ann-1", "bob-2", "eve-3")

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


@settings(max_examples=60, deadline=None)
@given(story=st.lists(arrivals | runs, max_size=14), weather=st.lists(faults, max_size=10))
def test_events_of_one_user_keep_their_order_and_arrive_once(story, weather):
    world = build_world()
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
    assert {each.state for each in world.bridge.deliveries()} <= {"delivered"}
    world.bridge.close()


changes = st.tuples(st.sampled_from(["add", "remove"]), st.lists(st.sampled_from(USERS), min_size=1, unique=True))


@settings(max_examples=60, deadline=None)
@given(
    story=st.lists(changes | runs, max_size=14),
    weather=st.lists(
        st.sampled_from(
            [None, LOST_REQUEST, LOST_ANSWER, (500, {}, b""), (429, {"Retry-After": "5"}, b""), (503, {}, b"")]
        ),
        max_size=10,
    ),
)
def test_membership_ends_as_the_last_change_of_each_user_says(story, weather):
    world = build_world()
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
    assert {each.state for each in world.bridge.deliveries()} == {"delivered"}
    world.bridge.close()
