"""The unmodified official Python client drives users, aliases, segments and exports over a real socket."""

from __future__ import annotations

import csv
import gzip
import warnings
from typing import TYPE_CHECKING, Any

import pytest
import requests

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import onesignal
    from onesignal import models
    from onesignal.api import default_api

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App


@pytest.fixture
def api(fake: FakeOneSignal, app: App, base_url: str) -> Iterator[default_api.DefaultApi]:
    configuration = onesignal.Configuration(
        host=base_url, rest_api_key=app.rest_api_key, organization_api_key=fake.organization_api_key
    )
    with onesignal.ApiClient(configuration) as client:
        yield default_api.DefaultApi(client)
        client.rest_client.pool_manager.clear()


def ada() -> Any:
    return models.User(
        identity={"external_id": "u/ 1"},
        properties=models.PropertiesObject(tags={"level": "3"}, language="en"),
        subscriptions=[
            models.Subscription(type="iOSPush", token="ios-1", enabled=True),
            models.Subscription(type="Email", token="ada@example.com"),
            models.Subscription(type="SMS", token="+15550001"),
        ],
    )


def test_it_creates_reads_updates_and_deletes_a_user_with_three_subscriptions(
    api: default_api.DefaultApi, app: App
) -> None:
    created = api.create_user(app.id, ada())
    updated = api.update_user(
        app.id, "external_id", "u/ 1", models.UpdateUserRequest(properties=models.PropertiesObject(tags={"level": ""}))
    )
    seen = api.get_user(app.id, "external_id", "u/ 1")
    api.delete_user(app.id, "external_id", "u/ 1")

    assert [one.type for one in created.subscriptions] == ["iOSPush", "Email", "SMS"]
    assert updated.properties.language == "en"
    assert seen.identity["onesignal_id"] == created.identity["onesignal_id"]
    with pytest.raises(onesignal.ApiException):
        api.get_user(app.id, "external_id", "u/ 1")


def test_it_handles_aliases_and_their_conflicts(api: default_api.DefaultApi, app: App) -> None:
    api.create_user(app.id, ada())
    api.create_user(app.id, models.User(identity={"crm": "7"}))

    added = api.create_alias(app.id, "external_id", "u/ 1", models.UserIdentityBody(identity={"crm": "8"}))
    read = api.get_aliases(app.id, "external_id", "u/ 1")
    with pytest.raises(onesignal.ApiException) as refused:
        api.create_alias(app.id, "external_id", "u/ 1", models.UserIdentityBody(identity={"crm": "7"}))
    left = api.delete_alias(app.id, "external_id", "u/ 1", "crm")

    assert added.identity == read.identity
    assert refused.value.status == 409
    assert "crm" not in left.identity


def test_it_adds_changes_moves_and_deletes_subscriptions(api: default_api.DefaultApi, app: App) -> None:
    api.create_user(app.id, models.User(identity={"external_id": "ada"}))
    api.create_user(app.id, models.User(identity={"external_id": "bob"}))
    body = models.SubscriptionBody(subscription=models.Subscription(type="Email", token="a@b.c"))

    made = api.create_subscription(app.id, "external_id", "ada", body).subscription
    off = models.SubscriptionBody(subscription=models.Subscription(enabled=False))
    api.update_subscription(app.id, made.id, off)
    api.update_subscription_by_token(app.id, "Email", "a@b.c", off)
    transfer = models.TransferSubscriptionRequestBody(identity={"external_id": "bob"})
    moved = api.transfer_subscription(app.id, made.id, transfer)
    alias = models.UserIdentityBody(identity={"crm": "b-1"})
    named = api.create_alias_by_subscription(app.id, made.id, alias)
    owner = api.get_aliases_by_subscription(app.id, made.id)
    seen = api.get_user(app.id, "external_id", "bob").subscriptions
    api.delete_subscription(app.id, made.id)

    assert named.identity == owner.identity
    assert owner.identity.to_dict() == {**moved.identity.to_dict(), "crm": "b-1"}
    assert [(one.id, one.enabled, one.notification_types) for one in seen] == [(made.id, False, -31)]


def test_it_lists_makes_reads_and_deletes_segments(api: default_api.DefaultApi, app: App) -> None:
    api.create_user(app.id, ada())
    wanted = models.Filter(field="tag", key="level", relation="=", value="3")

    made = api.create_segment(app.id, segment=models.Segment(name="Level 3", filters=[wanted], _check_type=False))
    listed = api.get_segments(app.id)
    changed = api.update_segment(
        app.id, made.id, update_segment_request=models.UpdateSegmentRequest(name="Level three")
    )
    seen = api.get_segment(app.id, made.id)
    deleted = api.delete_segment(app.id, made.id)

    assert [one.name for one in listed.segments][-1] == "Level 3"
    assert (changed.success, seen.subscriber_count, deleted.success) == (True, 3, True)


def test_it_exports_subscriptions_and_the_file_is_on_the_same_fake(api: default_api.DefaultApi, app: App) -> None:
    api.create_user(app.id, ada())

    url = api.export_subscriptions(app.id).csv_file_url
    everyone = requests.get(url, timeout=5)
    body = models.ExportSubscriptionsRequestBody(
        extra_fields=["external_user_id"], segment_name="All Email Subscriptions"
    )
    emails = requests.get(
        api.export_subscriptions(app.id, export_subscriptions_request_body=body).csv_file_url, timeout=5
    )

    rows = [list(csv.DictReader(gzip.decompress(one.content).decode().splitlines())) for one in (everyone, emails)]
    assert [len(one) for one in rows] == [3, 1]
    assert rows[1][0]["external_user_id"] == "u/ 1"


def test_it_reads_apps_and_errors(api: default_api.DefaultApi, app: App) -> None:
    api.create_user(app.id, ada())

    assert api.get_app(app.id).messageable_players == 3
    assert [one.name for one in api.get_apps().value] == [app.name]
    with pytest.raises(onesignal.ApiException) as refused:
        api.get_user(app.id, "external_id", "nobody")
    assert refused.value.status == 404
