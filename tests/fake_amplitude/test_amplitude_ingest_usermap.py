"""Users that count for another user (facts/amplitude-api.md 1.7)."""

import json
from collections import Counter

import pytest

from fake_amplitude.rules import Performed


def usermap(amplitude, *mappings, how="form"):
    form = {
        "api_key": amplitude.project.api_key,
        "mapping": json.dumps(mappings[0] if len(mappings) == 1 else mappings),
    }
    if how == "query":
        return amplitude.client.post("/usermap", query_string=form)
    return amplitude.client.post("/usermap", data={**form, "extra": "ignored"})


def asked(amplitude, *user_ids):
    return amplitude.client.get("/api/2/usermap", query_string={"user_ids": list(user_ids)}, auth=amplitude.auth)


def amplitude_id(amplitude, user_id):
    return amplitude.warehouse.identity.users[user_id]


@pytest.fixture
def one(event):
    return event(user_id="user-1", device_id="device-1", user_properties={"plan": "pro"})


@pytest.fixture
def two(event):
    return event(user_id="user-2", device_id="device-2", user_properties={"city": "Bonn"})


@pytest.mark.parametrize("how", ["form", "query"])
def test_a_mapping_is_a_success_in_text(amplitude, how):
    answer = usermap(amplitude, {"user_id": "user-1", "global_user_id": "user-2"}, how=how)

    assert (answer.status_code, answer.data, answer.content_type) == (200, b"success", "text/html;charset=utf-8")


def test_a_mapped_users_events_appear_in_the_other_users_stream_and_not_the_reverse(amplitude, one, two):
    amplitude.upload(one, two)

    usermap(amplitude, {"user_id": "user-1", "global_user_id": "user-2"})

    streams = {
        user_id: amplitude.get("/api/2/useractivity", user=amplitude_id(amplitude, user_id)).json
        for user_id in ("user-1", "user-2")
    }
    assert {user_id: len(told["events"]) for user_id, told in streams.items()} == {"user-1": 1, "user-2": 2}


def test_properties_are_not_merged(amplitude, one, two):
    amplitude.upload(one, two)

    usermap(amplitude, {"user_id": "user-1", "global_user_id": "user-2"})

    assert [each.properties for each in amplitude.warehouse.profiles.all()] == [{"plan": "pro"}, {"city": "Bonn"}]


def test_counts_are_merged_while_the_mapping_lasts(amplitude, one, two):
    amplitude.upload(one, two)

    def size():
        return len(amplitude.fake.create_cohort(amplitude.project, "P", Performed("Play")).members)

    sizes = [size()]
    usermap(amplitude, {"user_id": "user-1", "global_user_id": "user-2"})
    sizes.append(size())
    usermap(amplitude, {"user_id": "user-1", "unmap": True})
    sizes.append(size())

    assert sizes == [2, 1, 2]
    assert not amplitude.fake.create_cohort(amplitude.project, "Q", Performed("Play", times=2)).members
    assert len(amplitude.get("/api/2/useractivity", user=amplitude_id(amplitude, "user-2")).json["events"]) == 1


def test_two_mapped_users_together_do_what_the_rule_asks(amplitude, one, two):
    amplitude.upload(one, two)
    usermap(amplitude, {"user_id": "user-1", "global_user_id": "user-2"})

    cohort = amplitude.fake.create_cohort(amplitude.project, "Twice", Performed("Play", times=2))

    assert cohort.members == {amplitude_id(amplitude, "user-2")}


def test_a_chain_of_mappings_is_counted_as_its_end(amplitude, one, two):
    amplitude.upload(one, two)

    usermap(
        amplitude,
        {"user_id": "user-1", "global_user_id": "user-2"},
        {"user_id": "user-2", "global_user_id": "everybody"},
    )

    assert amplitude.warehouse.active_ids() == {amplitude_id(amplitude, "everybody")}
    told = amplitude.get("/api/2/useractivity", user=amplitude_id(amplitude, "everybody")).json
    assert (len(told["events"]), told["userData"]["user_id"]) == (2, "everybody")


def test_a_chain_may_be_as_long_as_a_request(amplitude, event):
    amplitude.upload(event(user_id="user-0"))

    usermap(amplitude, *[{"user_id": f"user-{n}", "global_user_id": f"user-{n + 1}"} for n in range(1_100)])

    assert amplitude.warehouse.active_ids() == {amplitude_id(amplitude, "user-1100")}


def test_the_anonymous_past_of_a_mapped_user_counts_along(amplitude, event):
    amplitude.upload(event(), event(user_id=None, device_id="device-9"), event(user_id="user-1", device_id="device-9"))

    usermap(amplitude, {"user_id": "user-1", "global_user_id": "user-2"})
    amplitude.upload(event(user_id=None, device_id="device-8"), event(user_id="user-1", device_id="device-8"))

    assert amplitude.warehouse.active_ids() == {amplitude_id(amplitude, "user-2")}


def test_the_mappings_of_users_can_be_asked_for(amplitude, one, two):
    amplitude.upload(one, two)
    usermap(amplitude, {"user_id": "user-1", "global_user_id": "user-2"})
    first, second = amplitude_id(amplitude, "user-1"), amplitude_id(amplitude, "user-2")

    expected = {
        "user-1": {
            "amplitude_id": first,
            "mapped_from": [],
            "mapped_to": [{"amplitude_id": second, "user_id": "user-2"}],
        },
        "user-2": {
            "amplitude_id": second,
            "mapped_from": [{"amplitude_id": first, "user_id": "user-1"}],
            "mapped_to": [],
        },
        "nobody": {},
    }
    user_ids = list(expected)
    in_body = {"auth": amplitude.auth, "data": {"user_ids": json.dumps(user_ids)}}
    assert asked(amplitude, *user_ids).json == expected
    assert asked(amplitude, json.dumps(user_ids)).json == expected
    assert amplitude.client.open("/api/2/usermap", method="GET", **in_body).json == expected


@pytest.mark.parametrize("user_ids", [[], ["[]"], ["[1]"], ["[x"], [f"u{n}" for n in range(101)]])
def test_one_to_a_hundred_users_can_be_asked_for(amplitude, user_ids):
    assert asked(amplitude, *user_ids).status_code == 400


@pytest.mark.parametrize(
    ("mapping", "status", "said"),
    [
        ("", 400, b"missing_event"),
        ("{", 400, b"missing_event"),
        ("7", 400, b"missing_event"),
        ("{}", 400, b"invalid_mapping"),
        ('{"user_id":"u"}', 400, b"invalid_mapping"),
        ('{"user_id":7,"global_user_id":"u"}', 400, b"invalid_mapping"),
        ('{"user_id":"u","global_user_id":""}', 400, b"invalid_mapping"),
        ('{"user_id":"u","global_user_id":"u"}', 400, b"invalid_mapping"),
        ('[{"user_id":"u","global_user_id":"v"},{"user_id":"v","global_user_id":"u"}]', 400, b"invalid_mapping"),
        (json.dumps([{"user_id": "u", "unmap": True}] * 2_001), 413, b"payload_too_large"),
    ],
)
def test_an_unusable_mapping_is_refused_and_changes_nothing(amplitude, mapping, status, said):
    before = amplitude.fake.fingerprint()

    answer = amplitude.client.post("/usermap", data={"api_key": amplitude.project.api_key, "mapping": mapping})

    assert (answer.status_code, answer.data) == (status, said)
    assert amplitude.fake.fingerprint() == before


def test_mapping_is_limited_to_fifty_requests_a_second_over_thirty_seconds(documented):
    mapping = {"user_id": "user-1", "global_user_id": "user-2"}
    documented.fake.world.throttle._mappings.add(Counter({documented.project.id: 1_499}), documented.clock.ms)
    assert usermap(documented, mapping).status_code == 200

    documented.clock.advance(seconds=29)
    before = usermap(documented, mapping)
    documented.clock.advance(seconds=1)
    at = usermap(documented, mapping)

    assert (before.status_code, at.status_code) == (429, 200)
