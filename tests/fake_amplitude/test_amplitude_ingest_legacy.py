"""What old clients post, and attributions: texts instead of JSON (facts/amplitude-api.md 1.5-1.8, 1.16)."""

import hashlib
import json

import pytest

TEXT = "text/html;charset=utf-8"


def sdk_form(amplitude, events, **changes):
    form = {
        "v": "2",
        "client": amplitude.project.api_key,
        "e": json.dumps(events),
        "upload_time": str(amplitude.clock.ms),
    }
    form |= changes
    signed = "".join(form[name] for name in ("v", "client", "e", "upload_time"))
    return {"checksum": hashlib.md5(signed.encode(), usedforsecurity=False).hexdigest(), **form}


def legacy(**fields):
    return {
        "device_id": "device-1",
        "event_id": 3,
        "event_type": "Play",
        "timestamp": 1_773_144_000_000,
        "uuid": "7a8b",
        "version_name": "1.2",
        "session_id": 1_773_143_000_000,
        "library": {"name": "amplitude-js", "version": "8.21.9"},
        **fields,
    }


def attribute(amplitude, *, by="form", **event):
    form = {"api_key": amplitude.project.api_key, "event": json.dumps({"event_type": "[Co] Install", **event})}
    if by == "query":
        return amplitude.client.get("/attribution", query_string=form)
    return amplitude.client.post("/attribution", data=form)


@pytest.mark.parametrize("how", ["form", "query", "get"])
@pytest.mark.parametrize("many", [False, True])
def test_http_v1_takes_one_event_or_several(amplitude, event, how, many):
    form = {"api_key": amplitude.project.api_key, "event": json.dumps([event()] * 2 if many else event())}

    answer = {
        "form": lambda: amplitude.client.post("/httpapi", data=form),
        "query": lambda: amplitude.client.post("/httpapi", query_string=form),
        "get": lambda: amplitude.client.get("/httpapi", query_string=form),
    }[how]()

    assert (answer.status_code, answer.data, answer.content_type) == (200, b"success", TEXT)
    assert [each.path for each in amplitude.warehouse.events] == ["/httpapi"] * (2 if many else 1)


def test_an_old_sdks_form_is_read_with_its_own_field_names(amplitude):
    answer = amplitude.client.post("/", data=sdk_form(amplitude, [legacy()]))

    assert (answer.status_code, answer.data, answer.content_type) == (200, b"success", TEXT)
    (stored,) = amplitude.warehouse.events
    assert (stored.insert_id, stored.client_time_ms, stored.path) == ("7a8b", 1_773_144_000_000, "/")
    details = json.loads(stored.details)
    assert (details["app_version"], details["library"]) == ("1.2", "amplitude-js/8.21.9")


def test_a_repeated_uuid_is_counted_once(amplitude):
    for _ in range(2):
        amplitude.client.post("/", data=sdk_form(amplitude, [legacy()]))

    assert len(amplitude.warehouse.events) == 1


def test_an_old_sdks_clock_is_corrected_by_its_upload_time(amplitude):
    late = amplitude.clock.ms - 3_600_000

    amplitude.client.post("/", data=sdk_form(amplitude, [legacy(timestamp=late)], upload_time=str(late)))

    assert amplitude.warehouse.events[0].time_ms == amplitude.clock.ms


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"client": "k"}, b"invalid_api_key"),
        ({"checksum": "0" * 32}, b"bad_checksum"),
        ({"checksum": "\u00e9"}, b"bad_checksum"),
        ({"e": ""}, b"missing_event"),
        ({"e": "[1]"}, b"missing_event"),
        ({"e": json.dumps([legacy(event_id="three")])}, b"invalid_event_field. Invalid fields [event_id]"),
        ({"e": json.dumps([legacy(timestamp="now")])}, b"invalid_event_field. Invalid fields [timestamp]"),
        ({"e": json.dumps([legacy(device_id="Anonymous")])}, b"invalid_event_field. Invalid fields [device_id]"),
        ({"e": json.dumps([{}])}, b"invalid_event_field. Invalid fields [event_type, user_id, device_id]"),
    ],
)
def test_an_old_sdk_is_refused_in_the_vendors_text(amplitude, changes, said):
    before = amplitude.fake.fingerprint()

    answer = amplitude.client.post("/", data=sdk_form(amplitude, [legacy()], **changes))

    assert (answer.status_code, answer.data, answer.content_type) == (400, said, TEXT)
    assert amplitude.fake.fingerprint() == before


@pytest.mark.parametrize("path", ["/", "/httpapi", "/identify", "/attribution", "/usermap"])
def test_json_posted_where_a_form_belongs_is_a_missing_event(amplitude, path, event):
    answer = amplitude.client.post(path, json={"api_key": amplitude.project.api_key, "events": [event()]})

    assert (answer.status_code, answer.data) == (400, b"missing_event")


@pytest.mark.parametrize(("path", "field"), [("/", "e"), ("/httpapi", "event"), ("/identify", "identification")])
def test_an_oversized_form_is_refused(amplitude, path, field):
    answer = amplitude.client.post(path, data={"api_key": amplitude.project.api_key, field: "x" * 1_100_000})

    assert (answer.status_code, answer.data) == (413, b"payload_too_large")


@pytest.mark.parametrize("path", ["/identify", "/groupidentify", "/httpapi", "/attribution"])
def test_a_long_query_is_refused_by_its_length(amplitude, path):
    answer = amplitude.client.get(
        path, query_string={"api_key": amplitude.project.api_key, "identification": "x" * 9_000}
    )

    assert (answer.status_code, answer.content_type) == (414, TEXT)


def test_legacy_uploads_are_throttled_with_http_v2_and_in_text(documented, event):
    documented.upload(*[event()] * 900)

    answer = documented.client.post("/", data=sdk_form(documented, [legacy()]))

    assert (answer.status_code, answer.content_type) == (429, TEXT)


def test_a_silenced_device_is_refused_by_the_legacy_paths_too(amplitude):
    amplitude.fake.silence_device(amplitude.project, "device-1")

    answer = amplitude.client.post("/", data=sdk_form(amplitude, [legacy()]))

    assert (answer.status_code, answer.data) == (400, b"invalid_event_field. Invalid fields [device_id]")


@pytest.mark.parametrize("by", ["form", "query"])
def test_an_install_is_given_to_the_user_whose_device_showed_the_advertising_id(amplitude, event, by):
    amplitude.upload(event(idfa="AEBE52E7"))

    answer = attribute(amplitude, by=by, idfa="AEBE52E7", user_properties={"[Co] Campaign": "spring"})

    assert (answer.status_code, answer.data) == (200, b"success")
    (profile,) = amplitude.warehouse.profiles.all()
    assert profile.properties == {"[Co] Campaign": "spring"}
    told = amplitude.get("/api/2/useractivity", user=profile.amplitude_id).json["events"]
    assert {row["event_type"]: row["is_attribution_event"] for row in told} == {"Play": None, "[Co] Install": True}


@pytest.mark.parametrize(("hours", "seconds", "events"), [(71, 59 * 60 + 59, 2), (72, 0, 1)])
def test_an_install_waits_seventy_two_hours_for_its_user(amplitude, event, hours, seconds, events):
    attribute(amplitude, android_app_set_id="set-1", user_properties={"[Co] Campaign": "spring"})

    amplitude.clock.advance(hours=hours, seconds=seconds)
    amplitude.upload(event(android_app_set_id="set-1"))

    assert len(amplitude.warehouse.events) == events
    assert ("[Co] Campaign" in amplitude.warehouse.profiles.all()[0].properties) == (events == 2)


def test_an_install_without_an_advertising_id_is_refused(amplitude):
    answer = attribute(amplitude, platform="ios")

    assert answer.status_code == 400
    assert answer.data.startswith(b"invalid_event_field")


def test_a_group_without_a_value_is_refused_in_json(amplitude):
    form = {"api_key": amplitude.project.api_key, "identification": json.dumps({"group_type": "org"})}

    answer = amplitude.client.post("/groupidentify", data=form)

    assert (answer.status_code, answer.json) == (400, {"error": "Missing group_value"})
