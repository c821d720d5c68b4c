"""What an event means once it is taken: repetition, switches, languages, addresses, money (facts 1.3, 2.2, 2.3)."""

import json
from datetime import UTC, datetime
from io import BytesIO
from uuid import UUID

import pytest

from fake_amplitude.languages import english_name
from fake_amplitude.records import Details
from fake_amplitude.revenue import revenue, revenue_of
from fake_amplitude.switches import Switches


@pytest.fixture
def switched(another):
    def make(**switches):
        made = another()
        object.__setattr__(made.fake.world, "switches", Switches(**switches))
        return made

    return make


def rows(amplitude):
    user = amplitude.warehouse.events[0].amplitude_id
    return amplitude.get("/api/2/useractivity", user=user, direction="earliest").json["events"]


@pytest.mark.parametrize(
    ("passed", "events"),
    [({"days": 6, "hours": 23, "minutes": 59}, 1), ({"days": 7}, 2), ({"days": 7, "hours": 1}, 2)],
)
def test_an_insert_id_is_remembered_for_seven_days(amplitude, event, passed, events):
    amplitude.upload(event(insert_id="i"))

    amplitude.clock.advance(**passed)
    answer = amplitude.upload(event(insert_id="i"))

    assert answer.json["events_ingested"] == 1
    assert len(amplitude.warehouse.events) == events


def test_a_repetition_counts_also_between_batch_and_http_v2(amplitude, event):
    amplitude.upload(event(insert_id="i"))
    amplitude.upload(event(insert_id="i"), path="/batch")

    assert len(amplitude.warehouse.events) == 1


def test_an_insert_id_without_a_device_is_that_of_the_derived_device(amplitude):
    for _ in range(2):
        amplitude.upload({"event_type": "a", "user_id": "user-1", "insert_id": "i"})

    assert len(amplitude.warehouse.events) == 1


def test_near_identical_events_without_an_insert_id_are_all_counted(amplitude, event):
    answer = amplitude.upload(*[event(event_id=3, time=1_773_144_000_000)] * 4)

    assert answer.json["events_ingested"] == 4
    assert len(amplitude.warehouse.events) == 4


def test_the_event_id_and_the_client_time_are_a_key_where_it_is_switched_on(switched, event):
    strict = switched(deduplicates_event_ids=True)
    one = event(event_id=3, time=1_773_144_000_000)

    strict.upload(one, one, {**one, "event_id": 4}, {**one, "time": 1}, {**one, "device_id": "device-2"})
    strict.upload({**one, "insert_id": "i"}, event(), event())

    assert len(strict.warehouse.events) == 7


def test_too_short_ids_are_taken_off_where_that_is_switched_on(switched, event):
    lenient = switched(lenient_ids=True)

    answer = lenient.upload(event(user_id="42"))
    refused = lenient.upload(event(), event(user_id="42", device_id="7"))

    assert answer.status_code == 200
    assert [each.user_id for each in lenient.warehouse.events] == [None]
    assert refused.json["events_with_missing_fields"] == {"user_id": [1], "device_id": [1]}


def test_http_v2_names_the_first_event_only_where_that_is_switched_on(switched, event):
    first_only, bad = switched(index_maps="first"), [event(), event(time="x"), event(time="y", price="z")]

    assert first_only.upload(*bad).json["events_with_invalid_fields"] == {"time": [1], "price": [2]}
    assert first_only.upload(*bad, path="/batch").json["events_with_invalid_fields"] == {"time": [1, 2], "price": [2]}


@pytest.mark.parametrize("minimum", [1, 3])
def test_a_request_may_lower_the_shortest_id(amplitude, event, minimum):
    answer = amplitude.upload(event(user_id="abc"), event(user_id="x"), options={"min_id_length": minimum})

    assert answer.status_code == (200 if minimum == 1 else 400)
    assert minimum == 1 or answer.json["events_with_invalid_id_lengths"] == {"user_id": [1]}


@pytest.mark.parametrize(
    ("said", "name"),
    [
        ("en-US", "English"), ("EN", "English"), ("en_GB", "English"), ("zh-Hans-CN", "Chinese"), ("Deutsch", "German"),
        ("FRANÇAIS", "French"), ("English", "English"), ("日本語", "Japanese"), ("Elvish?", "Elvish?"), ("", ""),
    ],
)  # fmt: skip
def test_a_language_has_its_english_name(said, name):
    assert english_name(said) == name


def test_the_language_of_a_row_and_of_its_user_is_in_english(amplitude, event):
    amplitude.upload(event(language="de-AT"))

    assert rows(amplitude)[0]["language"] == "German"
    assert amplitude.warehouse.profiles.all()[0].language == "German"


def test_the_remote_address_stands_in_for_itself(amplitude, event):
    body = {"api_key": amplitude.project.api_key}
    body["events"] = [event(ip="$remote"), event(ip="203.0.113.7"), event()]

    amplitude.client.post("/2/httpapi", json=body, environ_overrides={"REMOTE_ADDR": "198.51.100.9"})

    assert [row["ip_address"] for row in rows(amplitude)] == ["198.51.100.9", "203.0.113.7", None]


def test_a_row_says_whether_the_users_properties_were_updated(amplitude, event):
    amplitude.upload(
        event(user_properties={"a": 1}), event(user_properties={"a": 2}, **{"$skip_user_properties_sync": True})
    )

    assert [row["data"]["user_properties_updated"] for row in rows(amplitude)] == [True, False]
    assert [row["user_properties"] for row in rows(amplitude)] == [{"a": 1}, {"a": 1}]


@pytest.mark.parametrize(
    ("money", "paid"),
    [
        ({"price": 2.5, "quantity": 4, "revenue": 99.0}, 10.0),
        ({"price": 2.5}, 2.5),
        ({"price": 2.5, "quantity": 2}, 5.0),
        ({"price": 2.5, "revenue": 7.0}, 7.0),
        ({"revenue": -7.0}, -7.0),
        ({"quantity": 3}, None),
    ],
)
def test_price_times_quantity_wins_over_revenue(money, paid):
    assert revenue_of(Details(**money)) == paid


@pytest.mark.parametrize(("skew_s", "is_corrected"), [(60, False), (61, True), (-60, False), (-61, True)])
def test_a_client_clock_is_corrected_when_it_is_off_by_more_than_sixty_seconds(amplitude, event, skew_s, is_corrected):
    happened = amplitude.clock.ms - 5_000
    uploaded = amplitude.clock.moment.timestamp() - skew_s

    said = datetime.fromtimestamp(uploaded, UTC).isoformat().replace("+00:00", "Z")
    amplitude.upload(event(time=happened), client_upload_time=said)

    assert amplitude.warehouse.events[0].time_ms == happened + (skew_s * 1_000 if is_corrected else 0)


def test_a_chunked_upload_is_read_to_its_end(amplitude, event):
    body = json.dumps({"api_key": amplitude.project.api_key, "events": [event()]}).encode()
    environ = {
        "REQUEST_METHOD": "POST", "PATH_INFO": "/2/httpapi", "CONTENT_TYPE": "application/json",
        "wsgi.input": BytesIO(body), "wsgi.input_terminated": True,
    }  # fmt: skip

    answer = b"".join(amplitude.fake(environ, lambda *_: None))

    assert json.loads(answer)["events_ingested"] == 1


def test_every_answer_of_ingestion_names_its_exchange(amplitude, event):
    said = [amplitude.upload(event()).headers["Trace-Id"], amplitude.client.post("/identify").headers["Trace-Id"]]

    assert said[0].startswith("Root=1-")
    assert len(set(said)) == 2


@pytest.mark.parametrize(("paying", "start_version"), [("true", "0.9"), (True, "0.9")])
def test_an_identification_says_who_pays_and_since_which_version(amplitude, event, paying, start_version):
    said = {"user_id": "user-1", "device_id": "device-1", "paying": paying, "start_version": start_version}
    form = {"api_key": amplitude.project.api_key, "identification": json.dumps(said)}

    amplitude.upload(event(app_version="1.0"))
    assert amplitude.client.post("/identify", data=form).status_code == 200
    amplitude.upload(event(paying="no such key here", start_version=7))

    user = amplitude.warehouse.events[0].amplitude_id
    told = amplitude.get("/api/2/useractivity", user=user, direction="earliest").json
    assert (told["userData"]["paying"], told["userData"]["start_version"]) == (paying, start_version)
    assert [(row["paying"], row["start_version"]) for row in told["events"]] == [(None, "1.0"), (paying, start_version)]


def test_the_first_version_that_a_user_shows_is_the_version_it_started_with(amplitude, event):
    amplitude.upload(event(), event(app_version="1.0"), event(app_version="2.0"))

    user = amplitude.warehouse.events[0].amplitude_id
    told = amplitude.get("/api/2/useractivity", user=user).json["userData"]
    assert (told["version"], told["start_version"]) == ("2.0", "1.0")


def test_an_event_without_an_insert_id_gets_a_random_looking_one_that_stays(amplitude, event):
    amplitude.upload(event(), event())

    first, second = [row["$insert_id"] for row in rows(amplitude)]
    assert UUID(first).version == UUID(second).version == 4
    assert first != second
    assert [row["$insert_id"] for row in rows(amplitude)] == [first, second]
    assert not {row["uuid"] for row in rows(amplitude)} & {first, second}


@pytest.mark.parametrize(
    ("event_type", "properties", "paid"),
    [
        ("revenue_amount", {"$price": 2.5, "$quantity": 2, "$revenue": 9}, 5),
        ("revenue_amount", {"$revenue": 9}, 9),
        ("revenue_amount", {"$price": "2.5", "$quantity": True}, None),
        ("revenue_amount", {}, None),
        ("Buy", {"$price": 2.5}, None),
    ],
)
def test_an_sdk_puts_the_money_into_the_properties_of_a_revenue_event(amplitude, event, event_type, properties, paid):
    amplitude.upload(event(event_type, event_properties=properties))

    assert revenue(amplitude.warehouse.events[0]) == paid
