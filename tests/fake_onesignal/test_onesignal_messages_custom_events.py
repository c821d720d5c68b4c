"""Custom events coming in: kept for those whom the app knows, once, and answered in the vendor's few words."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from onesignal_official import models

SDK = {"SDK-Version": "onesignal/web/160608"}


def events(shop, *sent, **options):
    return shop.call("POST", f"/apps/{shop.app.id}/custom_events", {"events": list(sent)}, **options)


def kept(shop):
    return shop.fake.messaging.custom_events(shop.app.id)


def test_events_are_kept_for_known_users_and_reported_back_for_others(shop, clock):
    shop.device("anna")
    yesterday, tomorrow = clock() - timedelta(days=1), clock() + timedelta(days=1)

    answer = events(
        shop,
        {"name": "lesson", "external_id": "anna", "timestamp": yesterday.isoformat(), "properties": {"level": 3}},
        {"name": "lesson", "external_id": "abc123", "idempotency_key": "k1"},
        {"name": "bought", "external_id": "anna", "timestamp": tomorrow.isoformat(), "payload": {"sku": "a"}},
    )

    assert answer.status_code == 202
    error = {"code": "not found", "title": "failed to find a onesignal_id for user_id abc123"}
    assert answer.json == {"errors": [{"event_user_id": "abc123", "event_id": "k1", "error": error}]}
    assert [(one.name, one.external_id, one.at, one.properties) for one in kept(shop)] == [
        ("lesson", "anna", yesterday, {"level": 3}),
        ("bought", "anna", clock(), {"sku": "a"}),
    ]


def test_an_idempotency_key_counts_for_four_hours_or_thirty_days(new_shop, clock):
    for profile, hours, later in (("suggested", 4, 2), ("docs", 720, 2)):
        shop = new_shop(profile=profile)
        shop.device("anna")
        event = {"name": "lesson", "external_id": "anna", "idempotency_key": "k1"}

        events(shop, event)
        clock.advance(hours=hours, seconds=-1)
        events(shop, event)
        soon = len(kept(shop))
        clock.advance(seconds=1)
        events(shop, event)

        assert (soon, len(kept(shop))) == (1, later)


def test_an_idempotency_key_counts_within_one_request_and_one_moment_too(shop):
    shop.device("anna")
    event = {"name": "lesson", "external_id": "anna", "idempotency_key": "k1"}

    events(shop, event, event)
    events(shop, event)

    assert len(kept(shop)) == 1


def test_an_sdk_needs_no_key_and_anybody_else_hears_nothing(shop):
    shop.device("anna")
    user = shop.call("GET", f"/apps/{shop.app.id}/users/by/external_id/anna").json
    event = {"name": "lesson", "onesignal_id": user["identity"]["onesignal_id"], "payload": {"os_sdk": {}}}
    path = f"/apps/{shop.app.id}/custom_events"

    by_sdk = shop.sdk("POST", path, {"events": [event]}, headers=SDK)
    by_nobody = shop.sdk("POST", path, {"events": [event]})
    by_a_stranger = shop.sdk("POST", path, {"events": [event]}, headers={"Authorization": "Key wrong"})

    assert (by_sdk.status_code, by_sdk.json) == (202, {})
    for refused in (by_nobody, by_a_stranger):
        assert (refused.status_code, refused.data, refused.mimetype) == (401, b"", "text/plain")
    assert len(kept(shop)) == 1


def test_the_free_plan_has_no_custom_events(shop):
    shop.device("anna")
    shop.fake.set_plan(shop.app.id, "free")

    answer = events(shop, {"name": "lesson", "external_id": "anna"})

    assert answer.status_code == 403
    assert answer.json == {"errors": ["This API is not available for applications on your plan."]}


def sized(size):
    """An event whose JSON is exactly so long."""
    event = {"name": "lesson", "external_id": "anna", "properties": {"text": ""}}
    event["properties"]["text"] = "x" * (size - len(json.dumps(event, separators=(",", ":"))))
    return event


@pytest.mark.parametrize(
    ("event", "status"),
    [
        ({"name": "n" * 128, "external_id": "anna"}, 202),
        ({"name": "n" * 129, "external_id": "anna"}, 400),
        (sized(2_024), 202),
        (sized(2_025), 400),
        ({"name": "", "external_id": "anna"}, 400),
        ({"name": "lesson"}, 400),
        ({"name": "lesson", "external_id": "anna", "timestamp": "yesterday"}, 400),
        ({"name": "lesson", "external_id": "anna", "timestamp": "9999-12-31T23:59:59-14:00"}, 400),
        ({"name": "lesson", "external_id": "anna", "properties": []}, 400),
        ({"name": 7, "external_id": "anna"}, 400),
        ([], 400),
    ],
)
def test_an_event_has_its_form_and_its_size(shop, event, status):
    shop.device("anna")
    body = json.dumps({"events": [event]}, separators=(",", ":"))
    before = shop.fake.fingerprint()

    answer = shop.call("POST", f"/apps/{shop.app.id}/custom_events", data=body)

    assert answer.status_code == status
    assert answer.json == {}
    assert (shop.fake.fingerprint() == before) is (status == 400)


def test_a_request_has_at_most_a_million_bytes(shop):
    shop.device("anna")
    most = [sized(1_000)] * 999

    accepted = shop.call("POST", f"/apps/{shop.app.id}/custom_events", data=json.dumps({"events": most[:900]}))
    refused = shop.call("POST", f"/apps/{shop.app.id}/custom_events", data=json.dumps({"events": most * 2}))

    assert (accepted.status_code, refused.status_code, refused.json) == (202, 400, {})


def test_the_official_client_sends_payloads(fake, app, call, official):
    call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "anna"}})
    moment = datetime(2026, 3, 1, 12, tzinfo=UTC)

    official.create_custom_events(
        app.id,
        models.CustomEventsRequest(
            events=[models.CustomEvent(name="lesson", external_id="anna", timestamp=moment, payload={"level": 3})]
        ),
    )

    (event,) = fake.messaging.custom_events(app.id)
    assert (event.name, event.at, event.properties) == ("lesson", moment, {"level": 3})
