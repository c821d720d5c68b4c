"""Live activities: started on many iOS devices, updated and ended where they run, with events of their own."""

import pytest
from onesignal_official import models

from fake_onesignal import Accepted, Refused
from fake_onesignal.carrier import UNREGISTERED

START = {
    "event": "start",
    "name": "Order",
    "activity_id": "order-7",
    "event_attributes": {"shop": "Corner"},
    "event_updates": {"status": "packed"},
    "contents": {"en": "Packed"},
    "headings": {"en": "Your order"},
}
UPDATE = {"event": "update", "name": "Order", "event_updates": {"status": "sent"}}


def start(shop, **fields):
    return shop.call("POST", f"/apps/{shop.app.id}/activities/activity/OrderStatus", START | fields)


def update(shop, activity_id="order-7", **fields):
    path = f"/apps/{shop.app.id}/live_activities/{activity_id}/notifications"
    return shop.call("POST", path, UPDATE | fields)


def runs_on(shop, device, token="live-token", activity_id="order-7"):  # noqa: S107 - a fake token
    body = {"push_token": token, "subscription_id": device}
    return shop.sdk("POST", f"/apps/{shop.app.id}/live_activities/{activity_id}/token", body)


def test_a_live_activity_is_started_updated_and_ended(shop):
    device = shop.device("anna")
    shop.device("anna", "AndroidPush")
    shop.device("ben")

    started = start(shop, included_segments=["All"])
    shop.fake.run_due()
    registered = runs_on(shop, device)
    updated, ended = update(shop), update(shop, event="end", dismissal_date=1_800_000_000)
    shop.fake.run_due()

    assert (started.status_code, registered.status_code) == (201, 200)
    assert (updated.status_code, ended.status_code) == (201, 201)
    assert [one.token for one in shop.carrier.envelopes] == ["anna-iOSPush", "ben-iOSPush", "live-token", "live-token"]
    statistics = [shop.statistics(id_) for id_ in (started.json["notification_id"], updated.json["id"])]
    assert statistics == [{"successful": 2, "received": 2}, {"successful": 1, "received": 1}]
    assert shop.kinds() == ["message.live_activity.sent", "message.live_activity.delivered"] * 4
    assert update(shop).status_code == 404


def test_a_device_that_is_unsubscribed_or_put_the_activity_away_says_so(shop):
    anna, ben = shop.device("anna"), shop.device("ben")
    for number, device in enumerate((anna, ben)):
        runs_on(shop, device, f"live-{number}")
    shop.call("PATCH", f"/apps/{shop.app.id}/subscriptions/{anna}", {"subscription": {"enabled": False}})
    shop.carrier.outcomes["live-1"] = Refused(UNREGISTERED)

    first = update(shop).json["id"]
    shop.fake.run_due()
    shop.carrier.outcomes["live-1"] = Accepted()
    second = update(shop).json["id"]
    shop.fake.run_due()

    assert (shop.statistics(first), shop.statistics(second)) == ({"failed": 2}, {"failed": 1})
    assert set(shop.kinds()) == {"message.live_activity.unsubscribed"}


def test_a_refused_update_failed_and_a_tap_is_counted_each_time(shop):
    anna, ben = shop.device("anna"), shop.device("ben")
    runs_on(shop, anna, "live-a")
    runs_on(shop, ben, "live-b")
    shop.carrier.outcomes["live-b"] = Refused("TooManyRequests")

    id_ = update(shop).json["id"]
    shop.fake.run_due()
    for _ in range(2):
        shop.fake.messaging.record_live_activity_clicked(id_, anna)
    never_sent = shop.fake.messaging.record_live_activity_clicked(id_, ben)

    assert shop.statistics(id_) == {"successful": 1, "received": 1, "errored": 1, "converted": 2}
    assert never_sent is None
    assert shop.kinds()[-3:] == ["message.live_activity.failed", *["message.live_activity.clicked"] * 2]


def test_an_activity_that_a_device_put_away_is_not_updated_there(shop):
    device = shop.device("anna")
    runs_on(shop, device)
    path = f"/apps/{shop.app.id}/live_activities/order-7/token/{device}"

    removed = shop.sdk("DELETE", path)
    update(shop)
    shop.fake.run_due()

    assert (removed.status_code, shop.carrier.envelopes) == (200, [])
    assert shop.sdk("DELETE", path.replace("order-7", "order-8")).status_code == 404


def test_a_repeated_start_is_the_first_one(shop):
    shop.device("anna")
    body = {"included_segments": ["All"], "idempotency_key": "11111111-2222-4333-8444-555555555555"}

    first, again = start(shop, **body), start(shop, **body)

    assert first.json == again.json
    assert (first.headers.get("Idempotent-Replayed"), again.headers.get("Idempotent-Replayed")) == (None, "true")


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({}, 400),
        ({"included_segments": ["All"], "event": "update"}, 400),
        ({"included_segments": ["All"], "activity_id": ""}, 400),
        ({"included_segments": ["All"], "contents": {"de": "Gepackt"}}, 400),
        ({"included_segments": ["All"], "event_updates": None}, 400),
        ({"include_aliases": {"external_id": ["anna"]}}, 201),
    ],
)
def test_a_start_is_checked_before_anything_happens(shop, fields, status):
    shop.device("anna")

    assert start(shop, **fields).status_code == status


def test_an_unknown_activity_and_a_wrong_update_are_refused(shop):
    runs_on(shop, shop.device("anna"))

    unknown = update(shop, "order-8")

    assert (unknown.status_code, unknown.json) == (404, {"errors": ["activity_id not found in this app"]})
    assert update(shop, event="start").status_code == 400
    assert update(shop, dismissal_date=1_800_000_000).status_code == 400


def test_the_official_client_starts_and_updates(fake, app, call, official):
    call("POST", f"/apps/{app.id}/users", {"subscriptions": [{"type": "iOSPush", "token": "t"}]})

    started = official.start_live_activity(
        app.id,
        "OrderStatus",
        models.StartLiveActivityRequest(
            name="Order",
            activity_id="order-7",
            event_attributes={},
            event_updates={},
            contents=models.LanguageStringMap(en="Packed"),
            headings=models.LanguageStringMap(en="Your order"),
            included_segments=["All"],
        ),
    )
    updated = official.update_live_activity(
        app.id, "order-7", models.UpdateLiveActivityRequest(name="Order", event="end", event_updates={})
    )
    fake.run_due()

    assert started.notification_id
    assert updated.id


def test_an_activity_runs_on_no_device_that_there_is_not(shop):
    body = {"push_token": "t", "subscription_id": "my phone"}

    answer = shop.sdk("POST", f"/apps/{shop.app.id}/live_activities/match/token", body)

    assert (answer.status_code, answer.json["errors"][0]["code"]) == (404, "subscription-0")
