"""Whatever is posted at whichever door is stored, or refused with a 4xx and leaves no trace; what is stored goes out.

The vendors behind are strict, so that nothing may leave that they would not understand.
"""

from __future__ import annotations

import json
from copy import copy

import pytest
from bridge_more_vendors import PublicOneSignal
from bridge_world import SECRET
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import Client

EVENT = {
    "event.kind": "message.push.sent",
    "event.id": "e1",
    "event.timestamp": 1_773_144_000,
    "event.datetime": "2026-03-10T12:00:00.123Z",
    "event.app_id": "app-1",
    "event.subscription_id": "subscription-1",
    "event.external_id": "user-1",
    "event.subscription_device_type": "iOS",
    "event.data": {},
    "message.id": "message-1",
    "message.name": "Spring",
    "message.title": {"en": "Hello", "de": None},
    "message.contents": "Hello",
    "message.template_id": None,
    "user.language": "en",
    "user.tags": {"plan": "pro"},
}
LIST = {"name": "[Amplitude] Power users: c1", "context": {}}
BATCH = {"userIds": ["user-1", "user-2"], "context": {}}
WEBHOOK = {
    "cohort_name": "Power users",
    "cohort_id": "c2",
    "in_cohort": True,
    "computed_time": "1773144000",
    "message_id": "m::enter::0",
    "users": [{"user_id": "user-1", "user_properties": {"crm_id": 7}}],
}
ROW = {
    "event_type": "Bought",
    "user_id": "user-1",
    "$insert_id": "i1",
    "uuid": "u1",
    "event_time": "2026-03-10T11:59:32.123",
    "event_properties": {"sku": "a-1", "price": 9.5},
    "user_properties": {"crm_id": "crm-1"},
}
DOORS = {
    "/message-events": EVENT,
    "/cohorts/lists": LIST,
    "/cohorts/lists/{list_id}/add": BATCH,
    "/cohorts/lists/{list_id}/remove": BATCH,
    "/cohorts/webhook": WEBHOOK,
    "/custom-events": ROW,
}

ODD_TEXTS = ["a\0b", "\ud800", "", " ", "e\u0301", "..", "9" * 400, "x" * 2_000]
ODD_NUMBERS = [-1, 2**64, 10**400, 1e308]
ODD = [*ODD_TEXTS, *ODD_NUMBERS, None, [], {"a\0b": "a\0b"}]

texts = st.text() | st.sampled_from(ODD_TEXTS)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts | st.sampled_from(ODD_NUMBERS),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)


def spoiled(body):
    """Draw bodies that are nearly right: some of what they hold is something else, missing, or more."""
    changes = st.dictionaries(st.sampled_from(list(body)) | texts, json_values, max_size=3)
    missing = st.sets(st.sampled_from(list(body)), max_size=2)

    def spoil(changed, gone):
        return {key: value for key, value in {**body, **changed}.items() if key not in gone}

    return st.builds(spoil, changes, missing)


def one_thing_odd(body):
    """Give every body in which one value, at whatever depth, is one of the odd ones."""
    if isinstance(body, dict | list):
        places = body if isinstance(body, dict) else range(len(body))
        for place in places:
            for inside in one_thing_odd(body[place]):
                changed = copy(body)
                changed[place] = inside
                yield changed
    yield from ODD


def bodies(body):
    nearly = spoiled(body) | st.lists(spoiled(body), max_size=2)
    nested = st.sampled_from([b"[" * 100_000, b'{"a":' * 100_000, b'"' + b"\xff" * 9 + b'"', b"\xef\xbb\xbf{}"])
    return st.binary(max_size=60) | nested | (nearly | json_values).map(json.dumps).map(str.encode)


@pytest.fixture(params=["sqlite://", "postgresql"])
def world(request, make_world):
    """A bridge that writes tags, so that one strict OneSignal understands everything that leaves."""
    url = request.param if request.param == "sqlite://" else request.getfixturevalue("postgresql_url")
    world = make_world(outbox_url=url, membership="tags")
    world.onesignal = PublicOneSignal(world.clock)
    world.wire.hosts["api.onesignal.com"] = world.onesignal
    return world


def knock(world, door, body):
    return Client(world.bridge).post(
        f"/connections/shop{door.format(list_id=world.open_list())}",
        headers=SECRET,
        data=body if isinstance(body, bytes) else json.dumps(body),
    )


@settings(
    max_examples=40,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
@pytest.mark.parametrize("door", DOORS)
def test_whatever_is_posted_is_stored_and_leaves_or_is_refused_and_leaves_no_trace(world, door, data):
    world.open_list()
    require_stored_or_refused(world, door, data.draw(bodies(DOORS[door])))


@pytest.mark.parametrize("door", DOORS)
def test_one_odd_value_anywhere_is_stored_and_leaves_or_is_refused_and_leaves_no_trace(world, door):
    world.open_list()
    for body in one_thing_odd(DOORS[door]):
        require_stored_or_refused(world, door, body)


def require_stored_or_refused(world, door, body):
    before = world.bridge.fingerprint()

    answer = knock(world, door, body)

    assert answer.status_code in (200, 400), body
    assert answer.is_json
    if answer.status_code == 400:
        assert list(answer.json) == ["error"]
        assert world.bridge.fingerprint() == before
    world.run_until_quiet()
    accounts = world.bridge.status().connections[0]
    assert (accounts.events.waiting, accounts.cohorts.waiting, accounts.custom_events.waiting) == (0, 0, 0)


@pytest.mark.parametrize("door", DOORS)
def test_the_body_from_which_the_others_are_spoiled_is_taken(world, door):
    answer = knock(world, door, DOORS[door])

    assert answer.status_code == 200


@pytest.mark.parametrize("door", ["/cohorts/lists/{list_id}/add", "/cohorts/webhook"])
def test_a_batch_of_too_many_users_is_refused_before_anybody_is_looked_up(world, door):
    world.open_list()
    before = world.bridge.fingerprint()
    many = {"userIds": ["u"] * 100_001, "users": [{"user_id": "u"}] * 100_001}

    answer = knock(world, door, WEBHOOK | many)

    assert (answer.status_code, answer.json) == (400, {"error": "more than 100000 users in one request"})
    assert world.bridge.fingerprint() == before
