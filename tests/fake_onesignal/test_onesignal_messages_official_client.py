"""The unmodified official Python client sends and reads statistics over a real socket."""

from __future__ import annotations

import warnings
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from onesignal_sockets import served

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import onesignal
    from onesignal import models
    from onesignal.api import default_api
    from onesignal.helpers import create_notification_with_retry

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def api(shop: Any) -> Iterator[default_api.DefaultApi]:
    with served(shop.fake) as url:
        configuration = onesignal.Configuration(host=url, rest_api_key=shop.app.rest_api_key)
        with onesignal.ApiClient(configuration) as client:
            yield default_api.DefaultApi(client)


def notification(shop: Any, **fields: Any) -> Any:
    return models.Notification(app_id=shop.app.id, **fields)


def english(text: str) -> Any:
    return models.LanguageStringMap(en=text)


def test_it_sends_a_push_and_reads_its_statistics(api, shop):
    device = shop.device("anna")
    shop.device("ben", enabled=False)

    created = api.create_notification(
        notification(
            shop,
            contents=english("Hello"),
            headings=english("Hi"),
            name="Spring",
            include_aliases={"external_id": ["anna", "ben"]},
            target_channel="push",
        )
    )
    shop.fake.run_due()
    shop.sdk("PUT", f"/notifications/{created.id}", {"app_id": shop.app.id, "player_id": device, "opened": True})
    seen = api.get_notification(shop.app.id, created.id)

    assert created.errors == {"invalid_aliases": {"external_id": ["ben"]}}
    assert (seen.successful, seen.failed, seen.errored, seen.converted, seen.received) == (1, 1, 0, 1, 0)
    assert seen.to_dict()["platform_delivery_stats"]["ios"]["successful"] == 1
    assert (seen.name, seen.remaining, seen.canceled) == ("Spring", 0, False)


def test_it_sends_an_email_and_an_sms(api, shop):
    by_email = api.create_notification(
        notification(shop, email_subject="News", email_body="<p>Hello</p>", email_to=["anna@example.com"])
    )
    by_sms = api.create_notification(
        notification(shop, contents=english("Hello"), sms_from="+15550000000", include_phone_numbers=["+4915100000001"])
    )
    shop.fake.run_due()

    for created, platform, column in ((by_email, "email", "successful"), (by_sms, "sms", "provider_successful")):
        seen = api.get_notification(shop.app.id, created.id)
        assert seen.successful == 1
        assert seen.to_dict()["platform_delivery_stats"][platform][column] == 1


def test_it_reads_the_list_and_cancels_what_is_scheduled(api, shop):
    shop.device("anna")
    created = api.create_notification(
        notification(
            shop,
            contents=english("Later"),
            included_segments=["All"],
            send_after=datetime(2026, 3, 3, 9, 0, tzinfo=UTC),
        )
    )

    canceled = api.cancel_notification(shop.app.id, created.id)
    page = api.get_notifications(shop.app.id, limit=10, kind=1)

    assert canceled.success is True
    assert (page.total_count, page.notifications[0].id, page.notifications[0].canceled) == (1, created.id, True)


def test_its_retry_helper_sees_the_replay_of_one_key(api, shop):
    shop.device("anna")
    message = notification(shop, contents=english("Hello"), included_segments=["All"])
    message.idempotency_key = "11111111-2222-4333-8444-555555555555"

    first = create_notification_with_retry(api, message)
    again = create_notification_with_retry(api, message)
    shop.fake.run_due()

    assert (first.was_replayed, again.was_replayed) == (False, True)
    assert first.response.id == again.response.id
    assert len(shop.carrier.envelopes) == 1


def test_it_reads_that_nobody_was_reached(api, shop):
    created = api.create_notification(notification(shop, contents=english("Hello"), included_segments=["Nobody here"]))

    assert created.id == ""
    assert created.errors == ["All included players are not subscribed"]


def test_it_estimates_the_recipients(api, shop):
    shop.device("anna")

    estimate = api.estimate_notification_recipients(
        models.EstimateNotificationRecipientsRequest(app_id=shop.app.id, included_segments=["All"])
    )

    assert estimate.count == 1
