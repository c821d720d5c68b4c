"""Which events count, and what the vendor says of the others (facts/amplitude-api.md 1.3, 2)."""

import gzip
import json

import pytest
from werkzeug.test import Client

from fake_amplitude.auth import WORLD_KEY
from fake_amplitude.doors import flask_app

LISTED_IDS = [
    "anonymous",
    "Anonymous",
    "nil",
    "none",
    "null",
    "n/a",
    "na",
    "undefined",
    "unknown",
    "0",
    "-1",
    "{}",
    "lmy47d",
    "00000000-0000-0000-0000-000000000000",
]


def test_an_accepted_upload_is_answered_in_the_vendors_key_order(amplitude, event):
    body = json.dumps({"api_key": amplitude.project.api_key, "events": [event()]}).encode()

    answer = amplitude.client.post("/2/httpapi", data=body, content_type="application/json")

    assert answer.status_code == 200
    assert answer.content_type == "application/json"
    expected = (
        f'{{"code":200,"server_upload_time":{amplitude.clock.ms},"payload_size_bytes":{len(body)},"events_ingested":1}}'
    )
    assert answer.text == expected


def test_no_events_is_an_accepted_upload(amplitude):
    assert amplitude.upload().json["events_ingested"] == 0


def test_a_gzipped_upload_is_measured_unzipped(amplitude, event):
    body = json.dumps({"api_key": amplitude.project.api_key, "events": [event()]}).encode()

    answer = amplitude.client.post(
        "/batch",
        data=gzip.compress(body),
        content_type="application/json; charset=UTF-8",
        headers={"Content-Encoding": "gzip"},
    )

    assert answer.json["payload_size_bytes"] == len(body)


def test_a_beacon_of_the_browser_sdk_is_an_upload(amplitude, event):
    body = json.dumps({"api_key": amplitude.project.api_key, "events": [event()]})

    answer = amplitude.client.post("/2/httpapi", data=body, content_type="text/plain;charset=UTF-8")

    assert (answer.status_code, answer.json["events_ingested"]) == (200, 1)


@pytest.mark.parametrize(
    ("body", "content_type", "status", "said"),
    [
        (b"", "application/json", 400, {"error": "Missing request body"}),
        (b"{", "application/json", 400, {"error": "Invalid JSON request body"}),
        (b"[]", "application/json", 400, {"error": "Invalid JSON request body"}),
        (b"null", "application/json", 400, {"error": "Invalid JSON request body"}),
        (b"[" * 100_000, "application/json", 400, {"error": "Invalid JSON request body"}),
        (b'{"api_key":"\\ud800"}', "application/json", 400, {"error": "Invalid JSON request body"}),
        (b"{}", "text/plain", 400, {"error": "Invalid JSON request body"}),
        (b"{}", "application/json", 400, {"error": "Request missing required field", "missing_field": "api_key"}),
        (
            b'{"api_key":null}',
            "application/json",
            400,
            {"error": "Request missing required field", "missing_field": "api_key"},
        ),
        (
            b'{"api_key":"k"}',
            "application/json",
            400,
            {"error": "Request missing required field", "missing_field": "events"},
        ),
        (b'{"api_key":"k","events":[]}', "application/json", 400, {"error": "Invalid API key: k"}),
        (b'{"api_key":"k","events":7}', "application/json", 400, {"error": "Invalid API key: k"}),
        (b" " * 1_048_577, "application/json", 413, {"error": "Payload too large"}),
    ],
)
def test_an_unusable_request_is_refused_in_the_vendors_words(amplitude, body, content_type, status, said):
    answer = amplitude.client.post("/2/httpapi", data=body, content_type=content_type)

    assert answer.status_code == status
    assert answer.json == {"code": status, **said}


@pytest.mark.parametrize("events", [7, {}, "x", [1], [None], [[]]])
def test_events_that_are_no_objects_are_refused(amplitude, events):
    answer = amplitude.client.post("/2/httpapi", json={"api_key": amplitude.project.api_key, "events": events})

    assert answer.json == {"code": 400, "error": "Invalid event JSON"}


@pytest.mark.parametrize(
    ("broken", "map_key", "fields"),
    [
        ({"event_type": None}, "events_with_missing_fields", ["event_type"]),
        ({"user_id": None, "device_id": None}, "events_with_missing_fields", ["user_id", "device_id"]),
        ({"time": "2026-01-01T00:00:00Z"}, "events_with_invalid_fields", ["time"]),
        ({"time": 1.5}, "events_with_invalid_fields", ["time"]),
        ({"time": True}, "events_with_invalid_fields", ["time"]),
        ({"time": -1}, "events_with_invalid_fields", ["time"]),
        ({"time": 10**30}, "events_with_invalid_fields", ["time"]),
        ({"event_type": "  "}, "events_with_invalid_fields", ["event_type"]),
        ({"event_type": ""}, "events_with_invalid_fields", ["event_type"]),
        ({"event_type": "[Amplitude] Revenue"}, "events_with_invalid_fields", ["event_type"]),
        ({"user_id": 12345678}, "events_with_invalid_fields", ["user_id"]),
        ({"event_properties": []}, "events_with_invalid_fields", ["event_properties"]),
        ({"user_properties": {"$set": 5}}, "events_with_invalid_fields", ["user_properties"]),
        ({"groups": {str(n): "v" for n in range(6)}}, "events_with_invalid_fields", ["groups"]),
        ({"groups": {"g": ["v"] * 11}}, "events_with_invalid_fields", ["groups"]),
        ({"insert_id": 5}, "events_with_invalid_fields", ["insert_id"]),
        ({"price": "7"}, "events_with_invalid_fields", ["price"]),
        ({"user_id": "u"}, "events_with_invalid_id_lengths", ["user_id"]),
        ({"device_id": ""}, "events_with_invalid_id_lengths", ["device_id"]),
    ],
)
def test_one_bad_event_fails_the_whole_request_and_is_named_by_its_index(amplitude, event, broken, map_key, fields):
    before = amplitude.fake.fingerprint()

    answer = amplitude.upload(event(), {**event(), **broken}, event())

    assert answer.status_code == 400
    assert answer.json["code"] == 400
    assert answer.json[map_key] == {field: [1] for field in fields}
    assert amplitude.fake.fingerprint() == before


def test_deep_properties_are_refused_and_depth_forty_is_taken(amplitude, event):
    def nested(depth):
        return {"a": nested(depth - 1)} if depth else 1

    assert amplitude.upload(event(event_properties=nested(40))).status_code == 200
    refused = amplitude.upload(event(event_properties=nested(41)))
    assert refused.json["events_with_invalid_fields"] == {"event_properties": [0]}


def test_too_short_ids_say_the_indexes_before_the_words(amplitude, event):
    answer = amplitude.upload(event(user_id="42"))

    expected = '"error":"Invalid id length for user_id or device_id"}'
    assert answer.text == '{"code":400,"events_with_invalid_id_lengths":{"user_id":[0]},' + expected


def test_a_smaller_min_id_length_lets_short_ids_in(amplitude, event):
    assert amplitude.upload(event(user_id="42"), options={"min_id_length": 1}).status_code == 200


@pytest.mark.parametrize("listed", LISTED_IDS)
def test_a_listed_id_is_refused_without_an_index(amplitude, event, listed):
    answer = amplitude.upload(event(user_id=listed), options={"min_id_length": 1})

    assert answer.status_code == 400
    assert answer.json == {"code": 400, "error": "Invalid user_id or device_id"}


def test_more_than_two_thousand_events_are_too_large(amplitude, event):
    assert amplitude.upload(*[event()] * 2_000, path="/batch").status_code == 200
    assert amplitude.upload(*[event()] * 2_001, path="/batch").status_code == 413


def test_batch_takes_what_is_too_large_for_httpapi(amplitude, event):
    large = [event(event_properties={"a": "x" * 1_000, "n": n}) for n in range(1_500)]

    assert amplitude.upload(*large).status_code == 413
    assert amplitude.upload(*large, path="/batch").status_code == 200


def test_a_repeated_insert_id_is_counted_once_within_seven_days(amplitude, event, clock):
    amplitude.upload(event(insert_id="i"), event(insert_id="i"))
    clock.advance(days=7, seconds=-1)
    again = amplitude.upload(event(insert_id="i"))

    assert again.json["events_ingested"] == 1
    assert len(amplitude.warehouse.events) == 1

    clock.advance(seconds=1)
    amplitude.upload(event(insert_id="i"))
    assert len(amplitude.warehouse.events) == 2


def test_the_same_insert_id_on_another_device_or_in_another_project_counts(amplitude, event):
    other = amplitude.fake.create_project("Other")
    amplitude.upload(event(insert_id="i"), event(insert_id="i", device_id="device-2"))
    amplitude.client.post("/batch", json={"api_key": other.api_key, "events": [event(insert_id="i")]})

    assert len(amplitude.warehouse.events) == 2
    assert len(amplitude.fake.world.state.warehouses[other.id].events) == 1


def test_an_event_without_a_device_gets_one_derived_from_its_user(amplitude):
    amplitude.upload({"event_type": "a", "user_id": "user-1"}, {"event_type": "b", "user_id": "user-1"})

    first, second = amplitude.warehouse.events
    assert first.device_id == second.device_id
    assert first.device_id[14] == "5"


def test_an_event_without_a_time_happened_at_its_upload(amplitude, event, clock):
    amplitude.upload(event())

    assert amplitude.warehouse.events[0].time_ms == clock.ms


def test_a_client_clock_that_is_off_by_more_than_a_minute_is_corrected(amplitude, event, clock):
    happened = clock.ms - 3_600_000 - 5_000

    amplitude.upload(event(time=happened), client_upload_time="2026-03-10T11:00:00Z")

    assert amplitude.warehouse.events[0].time_ms == clock.ms - 5_000
    assert amplitude.warehouse.events[0].client_time_ms == happened


def test_long_strings_are_cut_at_1024_characters(amplitude, event):
    amplitude.upload(event(user_id="u" * 1_025, event_properties={"a": "x" * 2_000}))

    stored = amplitude.warehouse.events[0]
    assert stored.user_id == "u" * 1_024
    assert json.loads(stored.event_properties) == {"a": "x" * 1_024}


def test_identify_sets_properties_and_is_not_an_event(amplitude):
    form = {
        "api_key": amplitude.project.api_key,
        "identification": json.dumps([{"user_id": "user-1", "user_properties": {"$set": {"plan": "pro"}, "a": 1}}]),
    }

    posted = amplitude.client.post("/identify", data=form)
    asked = amplitude.client.get("/identify", query_string=form)

    assert (posted.status_code, posted.data, posted.content_type) == (200, b"success", "text/html;charset=utf-8")
    assert asked.data == b"success"
    assert amplitude.warehouse.profiles.all()[0].properties == {"plan": "pro", "a": 1}
    assert amplitude.warehouse.events == []


@pytest.mark.parametrize("identification", ["", "{", "7", "[1]", '{"user_properties":{}}', '{"user_id":"u"}'])
def test_a_malformed_identification_is_a_missing_event(amplitude, identification):
    form = {"api_key": amplitude.project.api_key, "identification": identification}

    answer = amplitude.client.post("/identify", data=form)

    assert (answer.status_code, answer.data) == (400, b"missing_event")


def test_identify_refuses_an_unknown_key_in_text(amplitude):
    answer = amplitude.client.post("/identify", data={"api_key": "k", "identification": "{}"})

    assert (answer.status_code, answer.data) == (400, b"invalid_api_key")


@pytest.mark.parametrize(
    "identification", [json.dumps([{"user_id": "user-1"}] * 2_001), json.dumps({"user_id": "u" * 1_100_000})]
)
def test_too_many_or_too_large_identifications_are_refused(amplitude, identification):
    form = {"api_key": amplitude.project.api_key, "identification": identification}

    assert amplitude.client.post("/identify", data=form).status_code == 413


def test_group_identify_keeps_the_properties_of_groups(amplitude):
    form = {
        "api_key": amplitude.project.api_key,
        "identification": json.dumps(
            {"group_type": "org", "group_value": "acme", "group_properties": {"$add": {"seats": 2}}}
        ),
    }

    amplitude.client.post("/groupidentify", data=form)
    answer = amplitude.client.get("/groupidentify", query_string=form)

    assert answer.data == b"success"
    assert amplitude.warehouse.groups == {("org", "acme"): {"seats": 4}}
    assert len(amplitude.warehouse.profiles) == 0


def test_setting_one_device_property_resets_the_others(amplitude, event):
    amplitude.upload(event(platform="iOS", os_name="ios", country="DE"))
    amplitude.upload(event(platform="Web"))

    profile = amplitude.warehouse.profiles.all()[0]
    assert (profile.hardware.platform, profile.hardware.os_name) == ("Web", None)
    assert profile.place.country == "DE"


def test_an_event_keeps_the_user_properties_it_happened_with(amplitude, event):
    amplitude.upload(event(user_properties={"plan": "free"}))
    amplitude.upload(event("$identify", user_properties={"$set": {"plan": "pro"}}))

    assert [each.user_properties for each in amplitude.warehouse.events] == [{"plan": "free"}]
    assert amplitude.warehouse.profiles.all()[0].properties == {"plan": "pro"}


def test_skipping_the_property_sync_leaves_the_properties(amplitude, event):
    amplitude.upload(event(user_properties={"plan": "pro"}, **{"$skip_user_properties_sync": True}))

    assert amplitude.warehouse.profiles.all()[0].properties == {}


def test_both_doors_give_the_same_answer(amplitude, another, event):
    twin = another()

    def through_flask(environ, start_response):
        return flask_app()({**environ, WORLD_KEY: twin.fake.world}, start_response)

    for events in ([event()], [event(user_id="u")], [7], None):
        body = {"api_key": amplitude.project.api_key, "events": events}
        hot, slow = (client.post("/2/httpapi", json=body) for client in (amplitude.client, Client(through_flask)))
        assert (hot.status, hot.data, hot.content_type) == (slow.status, slow.data, slow.content_type)
    assert amplitude.fake.fingerprint() == twin.fake.fingerprint()


def test_a_browsers_preflight_is_answered(amplitude):
    answer = amplitude.client.options("/2/httpapi")

    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


@pytest.mark.parametrize(("method", "path"), [("POST", "/nope"), ("GET", "/2/httpapi"), ("DELETE", "/batch")])
def test_an_unknown_ingestion_path_is_refused_in_the_vendors_words(amplitude, method, path):
    answer = amplitude.client.open(path, method=method)

    assert (answer.status_code, answer.json) == (400, {"code": 400, "error": "Invalid request path"})


def test_a_key_of_one_region_is_unknown_in_the_other(another, event):
    american, european = another(region="US"), another(region="EU")

    answer = american.client.post("/2/httpapi", json={"api_key": european.project.api_key, "events": [event()]})
    rest = american.client.get("/api/3/cohorts", auth=european.auth)

    assert answer.json == {"code": 400, "error": f"Invalid API key: {european.project.api_key}"}
    assert rest.status_code == 403
