"""Events streamed to a webhook, and how well a stream delivers (facts/amplitude-api.md 5.1, 1.16)."""

import json

import pytest
from werkzeug import Response

from fake_amplitude.streams import Webhook

METRICS = "/api/2/event-streaming/delivery-metrics-summary"


@pytest.fixture
def heard(httpserver):
    httpserver.expect_request("/hook").respond_with_data("ok")
    return httpserver


@pytest.fixture
def destination(amplitude, heard):
    target = Webhook(heard.url_for("/hook"), {"X-Key": "k"})
    return amplitude.fake.dashboard.add_event_destination(amplitude.project, name="Hook", target=target)


@pytest.mark.usefixtures("destination")
def test_a_webhook_hears_each_event_as_a_row_of_the_export(amplitude, heard, event):
    amplitude.upload(event(insert_id="i-1", event_properties={"a": [1]}), event(user_id=None, device_id="device-9"))

    amplitude.fake.run_due()

    rows = [json.loads(request.data) for request, _ in heard.log]
    assert [row["user_id"] for row in rows] == ["user-1", None]
    assert (rows[0]["$insert_id"], rows[0]["event_properties"]) == ("i-1", {"a": [1]})
    assert rows[0]["event_time"] == "2026-03-10T12:00:00.000"
    assert heard.log[0][0].headers["X-Key"] == "k"


def test_metrics_tell_first_tries_retries_and_losses_in_the_period(amplitude, heard, destination, event, clock):
    amplitude.upload(event())
    amplitude.fake.run_due()
    clock.advance(hours=2)
    heard.clear()
    heard.expect_ordered_request("/hook").respond_with_response(Response(status=404))
    for _ in range(3):
        heard.expect_ordered_request("/hook").respond_with_response(Response(status=500))
    heard.expect_ordered_request("/hook").respond_with_data("ok")
    amplitude.upload(event("A"), event("B"))
    amplitude.fake.run_due()
    clock.advance(seconds=30)
    amplitude.fake.run_due()

    hour = amplitude.get(METRICS, sync_id=destination.id, time_period="ONE_HOUR").json
    day = amplitude.get(METRICS, sync_id=destination.id, time_period="ONE_DAY").json

    assert hour == {
        "timePeriod": "ONE_HOUR",
        "eventsDelivered": 1,
        "eventsNotDelivered": 1,
        "deliveryRate": 0.5,
        "latencyInSeconds": 30.0,
        "timePeriodStart": "2026-03-10 13:00:30.000000",
        "timePeriodEnd": "2026-03-10 14:00:30.000000",
        "successOnFirstAttempt": 0,
        "successAfterRetry": 1,
        "eventsExpired": 0,
        "eventsDiscarded": 1,
    }
    assert (day["eventsDelivered"], day["successOnFirstAttempt"], day["latencyInSeconds"]) == (2, 1, 15.0)


def test_a_custom_period_has_its_own_bounds(amplitude, destination, event, clock):
    amplitude.upload(event())
    amplitude.fake.run_due()
    clock.advance(days=2)
    query = {"sync_id": destination.id, "time_period": "CUSTOM"}

    during = amplitude.get(METRICS, **query, start="2026-03-10T11:59:00", end="2026-03-10T12:00:00").json
    after = amplitude.get(METRICS, **query, start="2026-03-11T00:00:00", end="2026-03-12T00:00:00").json

    assert (during["eventsDelivered"], after["eventsDelivered"]) == (1, 0)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ({"time_period": "ONE_HOUR"}, 400),
        ({"sync_id": "x"}, 400),
        ({"sync_id": "x", "time_period": "A_YEAR"}, 400),
        ({"sync_id": "x", "time_period": "CUSTOM"}, 400),
        ({"sync_id": "x", "time_period": "ONE_HOUR"}, 404),
    ],
)
def test_an_unusable_question_is_refused_in_the_envelope(amplitude, query, status):
    answer = amplitude.get(METRICS, **query)

    assert (answer.status_code, answer.json["error"]["http_code"]) == (status, status)


def test_metrics_are_asked_twelve_times_a_minute(documented):
    statuses = [documented.get(METRICS, sync_id="x", time_period="ONE_HOUR").status_code for _ in range(13)]

    assert statuses == [404] * 12 + [429]


def test_the_same_seed_streams_the_same(another, event):
    prints = []
    for each in (another(seed=3), another(seed=3)):
        each.fake.dashboard.add_event_destination(each.project, name="Hook", target=Webhook("http://127.0.0.1:9/"))
        each.upload(event(), event())
        each.fake.run_due()
        prints.append(each.fake.fingerprint())

    assert prints[0] == prints[1]
