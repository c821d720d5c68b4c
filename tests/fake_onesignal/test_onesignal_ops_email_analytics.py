"""E-mail analytics are counted from what happened to the messages."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from onesignal_official import DefaultApi, onesignal
from onesignal_sockets import served

from fake_onesignal.carrier import Bounced, Refused

MARCH = {"domain": "shop.test", "start": datetime(2026, 3, 1, tzinfo=UTC), "end": datetime(2026, 4, 1, tzinfo=UTC)}


@pytest.fixture
def mailed(shop, clock):
    """Four mails: read twice, complained about, bounced, refused; and a day later one more."""
    anna = shop.device("anna", "Email", "anna@gmail.com")
    ben = shop.device("ben", "Email", "ben@example.com")
    shop.device("cleo", "Email", "cleo@example.com")
    shop.device("dora", "Email", "dora@yahoo.co.uk")
    shop.carrier.outcomes.update({"cleo@example.com": Bounced(), "dora@yahoo.co.uk": Refused("mailbox full")})
    sent = shop.email("anna", "ben", "cleo", "dora", email_from_address="news@shop.test")
    shop.fake.run_due()
    shop.fake.record_email_opened(sent, anna)
    shop.fake.record_email_opened(sent, anna)
    shop.fake.record_email_reported_as_spam(sent, ben)
    clock.advance(days=1)
    shop.email("anna", email_from_address="news@shop.test")
    shop.email("anna", email_from_address="news@another.test")
    shop.fake.run_due()
    return shop


@pytest.fixture
def api(shop):
    """The official client at the shop's door."""
    with served(shop.fake) as url:
        configuration = onesignal.Configuration(host=url, rest_api_key=shop.app.rest_api_key)
        with onesignal.ApiClient(configuration) as client:
            yield DefaultApi(client)


def metrics(counted):
    return {name: number for name, number in counted.to_dict().items() if number}


def test_providers_are_those_of_the_mailboxes(mailed, api):
    counted = api.get_email_provider_metrics(mailed.app.id, **MARCH).providers

    assert {one.provider: metrics(one.metrics) for one in counted} == {
        "Gmail": {"sent": 2, "delivered": 2, "opened": 2, "unique_opened": 1},
        "Other": {"sent": 2, "delivered": 1, "bounced": 1, "complained": 1},
        "Yahoo": {"failed": 1},
    }


def test_time_goes_in_hours_days_or_months(mailed, api):
    series = {
        granularity: api.get_email_provider_metrics_timeseries(
            mailed.app.id, granularity=granularity, providers=["Gmail"], **MARCH
        ).events
        for granularity in ("hourly", "daily", "monthly")
    }

    dates = {granularity: [event.date.isoformat() for event in events] for granularity, events in series.items()}
    assert dates == {
        "hourly": ["2026-03-02T09:00:00+00:00", "2026-03-03T09:00:00+00:00"],
        "daily": ["2026-03-02T00:00:00+00:00", "2026-03-03T00:00:00+00:00"],
        "monthly": ["2026-03-01T00:00:00+00:00"],
    }
    assert [event.metrics.sent for event in series["daily"]] == [1, 1]


def test_reputation_is_of_the_last_day_week_and_month(mailed, api, clock):
    clock.advance(hours=1)

    seen = api.get_email_reputation(mailed.app.id)

    assert (seen.last_24_hours.bounce_rate, seen.last_24_hours.complaint_rate) == (0, 0)
    assert (seen.last_7_days.bounce_rate, seen.last_30_days.complaint_rate) == (0.2, 0.2)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "domain=shop.test",
        "domain=shop.test&start=yesterday&end=2026-03-02",
        "domain=shop.test&start=2026-03-02&end=2026-03-01",
        "domain=shop.test&start=2026-03-01&end=2026-03-02&granularity=yearly",
        "domain=shop.test&start=2026-03-01&end=2026-03-02",
    ],
)
def test_a_question_without_its_parts_is_refused(shop, query):
    answer = shop.call("GET", f"/apps/{shop.app.id}/email_analytics/provider_metrics_timeseries?{query}")

    assert (answer.status_code, list(answer.json)) == (400, ["errors"])
