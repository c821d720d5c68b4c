"""What can be read back: users, raw events, counts (facts/amplitude-api.md 1.10, 1.12, 1.13)."""

import gzip
import io
import json
import zipfile

import pytest

from fake_amplitude.switches import Switches


def exported(answer):
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        return {
            name: [json.loads(line) for line in gzip.decompress(archive.read(name)).splitlines()]
            for name in archive.namelist()
        }


def test_search_finds_by_user_device_amplitude_id_and_prefix(amplitude, event):
    amplitude.upload(event(), event(user_id=None, device_id="device-anonymous"))
    amplitude_id = amplitude.warehouse.identity.users["user-1"]
    user = {"user_id": "user-1", "amplitude_id": amplitude_id}

    def search(said):
        return amplitude.get("/api/2/usersearch", user=said).json

    assert search("user-1") == {"matches": [user], "type": "match_user_or_device_id"}
    assert search("device-1") == {"matches": [user], "type": "match_user_or_device_id"}
    assert search(str(amplitude_id)) == {"matches": [user], "type": "match_amplitude_id"}
    assert search("user") == {"matches": [user], "type": "match_user_prefix"}
    assert search("device-anonymous")["matches"][0]["user_id"] is None
    assert search("somebody") == {"matches": [], "type": "nomatch"}
    assert amplitude.get("/api/2/usersearch", user="somebody").data == b'{"type":"nomatch","matches":[]}'


@pytest.mark.parametrize("more", [1, 3, 150])
def test_users_that_came_after_a_search_are_found_by_the_next_one(amplitude, event, more):
    def came(*names):
        amplitude.upload(*[event(user_id=f"who-{name}", device_id=f"device-{name}") for name in names])

    def found():
        return [each["user_id"] for each in amplitude.get("/api/2/usersearch", user="who-").json["matches"]]

    came("m", "b")
    assert found() == ["who-b", "who-m"]

    names = [f"{n:03}" for n in range(more)]
    came("z", *reversed(names), "c")

    assert found() == sorted(f"who-{name}" for name in ["m", "b", "z", "c", *names])[:100]


def test_activity_tells_the_user_and_a_page_of_events(amplitude, event, clock):
    amplitude.upload(*[event(time=clock.ms - n, session_id=7, user_properties={"plan": "pro"}) for n in range(3)])
    amplitude_id = amplitude.warehouse.identity.users["user-1"]

    told = amplitude.get("/api/2/useractivity", user=amplitude_id, offset=1, limit=1, direction="earliest").json

    assert told["userData"]["num_events"] == 3
    assert told["userData"]["num_sessions"] == 1
    assert told["userData"]["properties"] == {"plan": "pro"}
    assert told["userData"]["first_used"] == "2026-03-10"
    assert [each["event_time"] for each in told["events"]] == ["2026-03-10 11:59:59.999000"]


def test_search_finds_by_the_value_of_a_property_when_nothing_else_matches(amplitude, event):
    amplitude.upload(event(user_properties={"email": "a@example.org"}))

    found = amplitude.get("/api/2/usersearch", user="a@example.org").json

    assert (found["type"], found["matches"][0]["user_id"]) == ("match_user_props", "user-1")


def test_a_search_by_a_property_follows_every_change(amplitude, event):
    def found(value):
        return [each["user_id"] for each in amplitude.get("/api/2/usersearch", user=value).json["matches"]]

    amplitude.upload(event(user_properties={"plan": "pro", "again": "pro"}))
    assert found("pro") == ["user-1"]

    amplitude.upload(event(user_id="user-2", device_id="device-2", user_properties={"plan": "pro", "n": 1}))
    amplitude.upload(event(user_id=None, device_id="device-3", user_properties={"plan": "free", "seat": "aisle"}))
    assert (found("pro"), found("free"), found("1")) == (["user-1", "user-2"], [None], [])

    amplitude.upload(event(user_properties={"plan": "free"}), event(user_id="user-2", device_id="device-3"))
    assert (found("pro"), found("free"), found("aisle")) == (["user-1", "user-2"], ["user-1"], ["user-2"])

    amplitude.upload(event(user_properties={"$clearAll": "-"}))
    amplitude.warehouse.forget(amplitude.warehouse.identity.users["user-2"])
    assert [found(value) for value in ("pro", "free", "aisle")] == [[], [], []]


def test_activity_sums_up_what_a_user_paid_and_how_long_the_user_stayed(amplitude, event, clock):
    amplitude.upload(
        event(session_id=1, time=clock.ms - 60_000, price=2.5, quantity=2, location_lat=1.5, location_lng=2.5),
        event(session_id=1, revenue=-1),
    )
    amplitude_id = amplitude.warehouse.identity.users["user-1"]

    told = amplitude.get("/api/2/useractivity", user=amplitude_id).json["userData"]

    assert (told["purchases"], told["revenue"], told["usage_time"]) == (2, 4, 60_000)
    assert told["last_location"] == {"lat": 1.5, "lng": 2.5}


def test_a_limit_can_be_counted_from_zero_as_documented(another, event):
    documented = another(switches=Switches(counts_limit_from_zero=True))
    documented.upload(event(), event(), event())
    amplitude_id = documented.warehouse.identity.users["user-1"]

    assert len(documented.get("/api/2/useractivity", user=amplitude_id, limit=1).json["events"]) == 2


@pytest.mark.parametrize("user", ["1", "nobody", "9" * 40])
def test_activity_of_nobody_is_a_200_with_zeros(amplitude, user):
    answer = amplitude.get("/api/2/useractivity", user=user)

    assert answer.status_code == 200
    assert (answer.json["userData"]["num_events"], answer.json["userData"]["user_id"]) == (0, None)


@pytest.mark.parametrize(
    "query", [{}, {"user": "1", "limit": "x"}, {"user": "1", "offset": "-1"}, {"user": "1", "direction": "up"}]
)
def test_unusable_parameters_are_refused_in_the_envelope(amplitude, query):
    answer = amplitude.get("/api/2/useractivity", **query)

    assert (answer.status_code, answer.json["error"]["http_code"]) == (400, 400)


def test_search_is_limited_to_360_an_hour_when_documented(documented):
    statuses = [documented.get("/api/2/usersearch", user="x").status_code for _ in range(361)]

    assert statuses == [200] * 360 + [429]


def test_an_export_holds_the_uploads_of_its_hours(amplitude, event, clock):
    amplitude.upload(event(insert_id="i", event_properties={"a": [1]}, country="DE", app_version="7"))
    clock.advance(hours=1)
    amplitude.upload(event("Later"))

    answer = amplitude.get("/api/2/export", start="20260310T12", end="20260310T12")

    assert answer.content_type == "application/zip"
    ((name, (row,)),) = exported(answer).items()
    assert name == f"{amplitude.project.id}/{amplitude.project.id}_2026-03-10_12#0.json.gz"
    assert list(row) == sorted(row)
    assert (row["$insert_id"], row["event_properties"], row["country"], row["version_name"]) == (
        "i",
        {"a": [1]},
        "DE",
        "7",
    )
    assert row["server_upload_time"] == "2026-03-10 12:00:00.000000"
    both = amplitude.get("/api/2/export", start="20260310T12", end="20260310T13")
    assert len(exported(both)) == 2


def test_an_empty_export_says_so_in_the_observed_bytes(amplitude):
    answer = amplitude.get("/api/2/export", start="20260310T12", end="20260310T12")

    assert (answer.status_code, answer.content_type) == (404, "application/json; charset=utf-8")
    assert answer.text == (
        '{"error": {"http_code": 404, "type": "unspecified", "message": "Unspecified Error", '
        '"metadata": {"details": "Raw data files were not found."}}}'
    )


def test_a_documented_export_lags_two_hours(documented, event):
    documented.upload(event())
    hour = {"start": "20260310T12", "end": "20260310T12"}

    documented.clock.advance(hours=2, minutes=59)
    assert documented.get("/api/2/export", **hour).status_code == 404
    documented.clock.advance(minutes=1)
    assert documented.get("/api/2/export", **hour).status_code == 200


@pytest.mark.parametrize(
    ("start", "end"),
    [
        ("20260310T13", "20260310T12"),
        ("20240310T12", "20260310T12"),
        ("x", "20260310T12"),
        ("", ""),
        ("20260310T12", "20260310"),
    ],
)
def test_an_unusable_export_range_is_refused(amplitude, start, end):
    assert amplitude.get("/api/2/export", start=start, end=end).status_code == 400


@pytest.fixture
def charted(amplitude, event, clock):
    day = 86_400_000
    amplitude.upload(
        event(event_properties={"message_type": "push"}),
        event(event_properties={"message_type": "push"}, device_id="device-2"),
        event(event_properties={"message_type": "sms"}, user_id="user-2", device_id="device-3"),
        event(user_id="user-2", device_id="device-3", time=clock.ms - day),
        event("Open", user_id="user-3", device_id="device-4"),
    )

    def ask(m, filters=(), event_type="Play", **more):
        e = json.dumps({"event_type": event_type, "filters": list(filters)})
        return amplitude.get("/api/2/events/segmentation", e=e, m=m, start="20260309", end="20260310", **more)

    return ask


PUSH = {"subprop_type": "event", "subprop_key": "message_type", "subprop_op": "is", "subprop_value": ["push"]}


def test_segmentation_counts_users_and_events_by_day(charted):
    uniques, totals = charted("uniques").json["data"], charted("totals", i="1").json["data"]

    assert uniques["series"] == [[1, 2]]
    assert uniques["seriesCollapsed"] == [[{"setId": "", "value": 2}]]
    assert totals["series"] == [[1, 3]]
    assert totals["seriesCollapsed"] == [[{"setId": "", "value": 4}]]
    assert totals["xValues"] == ["2026-03-09", "2026-03-10"]


def test_segmentation_filters_by_event_properties(charted):
    assert charted("totals", [PUSH]).json["data"]["series"] == [[0, 2]]
    assert charted("uniques", [PUSH]).json["data"]["series"] == [[0, 1]]
    assert charted("totals", [{**PUSH, "subprop_op": "is not"}]).json["data"]["series"] == [[1, 1]]


def test_segmentation_of_any_event(charted):
    assert charted("uniques", event_type="_active").json["data"]["series"] == [[1, 3]]


def test_an_event_never_seen_is_refused(charted):
    assert charted("totals", event_type="Never").status_code == 400


def test_segmentation_that_is_not_built_says_so(charted):
    assert charted(m="histogram").status_code == 501


@pytest.mark.usefixtures("charted")
def test_active_and_new_users_by_day(amplitude):
    days = {"start": "20260309", "end": "20260310"}

    assert amplitude.get("/api/2/users", m="active", **days).json["data"]["series"] == [[1, 3]]
    assert amplitude.get("/api/2/users", m="new", **days).json["data"]["series"] == [[1, 2]]


@pytest.mark.usefixtures("charted")
def test_the_event_list_names_each_type_with_its_total(amplitude):
    rows = amplitude.get("/api/2/events/list").json["data"]

    assert [(row["name"], row["totals"]) for row in rows] == [("Open", 1), ("Play", 4)]


def test_an_event_type_keeps_its_number_in_the_event_list(amplitude, event):
    amplitude.upload(event("Play"))
    (play,) = amplitude.get("/api/2/events/list").json["data"]
    amplitude.upload(event("Open"))

    first, second = amplitude.get("/api/2/events/list").json["data"]

    assert (first["name"], second) == ("Open", play)
    assert first["id"] != play["id"]


@pytest.mark.parametrize("auth", [None, ("nobody", "x"), ("", "")])
def test_a_wrong_key_pair_is_forbidden(amplitude, auth):
    answer = amplitude.client.get("/api/3/cohorts", auth=auth)

    assert (answer.status_code, answer.content_type) == (403, "application/json; charset=utf-8")
    assert answer.text == (
        '{"error": {"http_code": 403, "type": "unspecified", "message": "Unspecified Error", '
        '"metadata": {"details": "Invalid API Key"}}}'
    )


def test_a_right_key_with_a_wrong_secret_is_forbidden(amplitude):
    for secret in ("x", ""):
        answer = amplitude.client.get("/api/3/cohorts", auth=(amplitude.project.api_key, secret))

        assert answer.status_code == 403
        assert answer.json["error"]["metadata"] == {"details": "Invalid API/Secret Key combination"}


def test_an_unknown_rest_path_is_a_404_in_the_envelope(amplitude):
    answer = amplitude.get("/api/9/nothing")

    assert (answer.status_code, answer.json["error"]["http_code"]) == (404, 404)


def test_keys_are_not_in_the_repr(amplitude):
    assert amplitude.project.secret_key not in repr(amplitude.project)
    assert amplitude.project.api_key not in repr(amplitude.project)
