"""Every documented limit of ingestion on the clock: one second before, and at it (facts/amplitude-api.md 1.3, 2.4)."""

import json
from collections import Counter

import pytest


def identify(amplitude, *identifications):
    form = {"api_key": amplitude.project.api_key, "identification": json.dumps(identifications)}
    return amplitude.client.post("/identify", data=form)


def strangers(event, count, *, begin=0):
    return [event(user_id=f"user-{n:06}", device_id=f"device-{n:06}") for n in range(begin, begin + count)]


@pytest.mark.parametrize(("path", "fill", "threshold"), [("/2/httpapi", [900], 30), ("/batch", [2_000] * 15, 1_000)])
def test_a_device_is_heard_again_thirty_seconds_after_its_burst(documented, event, path, fill, threshold):
    for count in fill:
        documented.upload(*[event()] * count, path=path)

    documented.clock.advance(seconds=29)
    before = documented.upload(event(), path=path)
    documented.clock.advance(seconds=1)
    at = documented.upload(event(), path=path)

    assert (before.status_code, at.status_code) == (429, 200)
    assert before.json["eps_threshold"] == threshold
    assert before.json["throttled_events"] == [0]


def test_a_refused_upload_does_not_count(documented, event):
    documented.upload(*[event()] * 900)
    for _ in range(5):
        documented.upload(event())

    documented.clock.advance(seconds=30)

    assert documented.upload(*[event()] * 900).status_code == 200


def test_users_and_devices_are_throttled_apart(documented, event):
    documented.upload(*[event()] * 900)

    other_device = documented.upload(event(device_id="device-2")).json
    other_user = documented.upload(event(user_id="user-2")).json

    assert (other_device["throttled_users"], other_device["throttled_devices"]) == ({"user-1": 31}, {})
    assert (other_user["throttled_users"], other_user["throttled_devices"]) == ({}, {"device-1": 31})


def test_the_daily_quota_of_batch_ends_after_twenty_four_hours(documented, event):
    spent = {(documented.project.id, kind, f"{kind}-1"): 500_000 for kind in ("user", "device")}
    documented.fake.world.throttle._daily.add(Counter(spent), documented.clock.ms)

    documented.clock.advance(hours=23, minutes=59, seconds=59)
    before = documented.upload(event(), path="/batch")
    documented.clock.advance(seconds=1)
    at = documented.upload(event(), path="/batch")

    assert before.json["exceeded_daily_quota_users"] == {"user-1": 500_001}
    assert before.json["exceeded_daily_quota_devices"] == {"device-1": 500_001}
    assert (before.status_code, at.status_code) == (429, 200)


def test_a_project_sends_a_thousand_events_a_second_to_http_v2(documented, event):
    for n in range(15):
        assert documented.upload(*strangers(event, 2_000, begin=n * 2_000)).status_code == 200

    documented.clock.advance(seconds=29)
    before = documented.upload(event(), event())
    documented.clock.advance(seconds=1)
    at = documented.upload(event(), event())

    assert before.text == (
        '{"code":429,"error":"Too many requests for some devices and users","eps_threshold":1000,'
        '"throttled_devices":{},"throttled_users":{},"throttled_events":[0,1]}'
    )
    assert at.status_code == 200


def test_a_project_sends_a_hundred_requests_a_second_to_http_v2_and_more_to_batch(documented, event):
    for _ in range(3_000):
        documented.upload()

    assert documented.upload(event()).status_code == 429
    assert documented.upload(event(), path="/batch").status_code == 200
    documented.clock.advance(seconds=30)
    assert documented.upload(event()).status_code == 200


def test_identifications_are_throttled_in_text(documented):
    assert identify(documented, *[{"user_id": "user-1"}] * 900).status_code == 200

    documented.clock.advance(seconds=29)
    before = identify(documented, {"user_id": "user-1"})
    documented.clock.advance(seconds=1)
    at = identify(documented, {"user_id": "user-1"})

    assert (before.status_code, before.content_type) == (429, "text/html;charset=utf-8")
    assert at.status_code == 200


def test_the_1801st_property_update_in_an_hour_is_dropped_in_silence(documented, event):
    for _ in range(2):
        identify(documented, *[{"user_id": "user-1", "user_properties": {"n": n}} for n in range(900)])
        documented.clock.advance(seconds=30)

    documented.clock.advance(minutes=58, seconds=59)
    assert documented.upload(event(device_id=None, user_properties={"n": "late"})).status_code == 200
    documented.clock.advance(seconds=1)
    assert documented.upload(event(device_id=None, user_properties={"n": "in time"})).status_code == 200

    assert [each.user_properties["n"] for each in documented.warehouse.events] == [899, "in time"]
    rows = documented.get("/api/2/useractivity", user=documented.warehouse.events[0].amplitude_id, direction="earliest")
    assert [row["data"]["user_properties_updated"] for row in rows.json["events"]] == [False, True]


def test_the_2001st_event_type_is_in_the_raw_data_only(documented, event):
    documented.upload(*[{**each, "event_type": f"Type {n}"} for n, each in enumerate(strangers(event, 2_000))])

    documented.upload(event("One too many"), event("Type 7"))

    assert len(documented.warehouse.events) == 2_002
    names = {row["name"] for row in documented.get("/api/2/events/list").json["data"]}
    assert len(names) == 2_000
    assert "One too many" not in names


def test_the_1001st_user_property_is_not_kept(documented, event):
    documented.upload(event(user_properties={f"p{n}": n for n in range(1_000)}))

    documented.upload(event(user_properties={"p7": "new", "one": 1}), event(user_properties={"$set": {"two": 2}}))

    properties = documented.warehouse.profiles.all()[0].properties
    assert len(properties) == 1_000
    assert properties["p7"] == "new"


def test_nothing_is_capped_when_limits_are_off(amplitude, event):
    amplitude.upload(*[event(f"Type {n}", user_properties={f"p{n}": n}) for n in range(2_000)])
    amplitude.upload(event("One too many", user_properties={"one": 1}))

    assert len(amplitude.warehouse.by_type) == 2_001
    assert len(amplitude.warehouse.profiles.all()[0].properties) == 2_001


def test_an_upload_with_events_of_a_silenced_device_is_refused_whole(amplitude, event):
    amplitude.fake.silence_device(amplitude.project, "device-9")
    before = amplitude.fake.fingerprint()

    answer = amplitude.upload(event(), event(device_id="device-9"), event(), event(device_id="device-9"))

    assert answer.status_code == 400
    assert answer.text == (
        '{"code":400,"eps_threshold":100,"error":"Events silenced for device_id","exceeded_daily_quota_devices":{},'
        '"silenced_devices":["device-9"],"silenced_events":[1,3],"throttled_devices":{},"throttled_events":[]}'
    )
    assert amplitude.fake.fingerprint() == before


def test_a_device_that_is_heard_again_is_taken(amplitude, event):
    amplitude.fake.silence_device(amplitude.project, "device-1")
    amplitude.fake.hear_device(amplitude.project, "device-1")

    assert amplitude.upload(event()).status_code == 200


def test_a_silenced_device_of_another_project_is_heard(amplitude, event):
    amplitude.fake.silence_device(amplitude.fake.create_project("Other"), "device-1")

    assert amplitude.upload(event()).status_code == 200


def test_the_2001st_event_property_is_not_kept(documented, event):
    documented.upload(event(event_properties={f"p{n}": n for n in range(2_000)}))

    documented.upload(event(event_properties={"p7": "known", "one": 1}), event(event_properties={"two": 2}))

    assert [each.event_properties for each in documented.warehouse.events[1:]] == [b'{"p7":"known"}', b"{}"]


@pytest.mark.parametrize(("count", "status"), [(1_024, 200), (1_025, 413)])
@pytest.mark.parametrize("wrapped", [False, True])
def test_a_group_is_identified_by_at_most_1024_properties(amplitude, count, status, wrapped):
    properties = {f"p{n}": n for n in range(count)}
    said = {
        "group_type": "org",
        "group_value": "a",
        "group_properties": {"$set": properties} if wrapped else properties,
    }
    form = {"api_key": amplitude.project.api_key, "identification": json.dumps(said)}

    assert amplitude.client.post("/groupidentify", data=form).status_code == status
