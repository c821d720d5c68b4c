"""The Android SDK's sequences of calls, made by a witness that knows only what the SDK knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from onesignal_android_sdk import AndroidSdk, BackendFailed
from onesignal_sockets import served

if TYPE_CHECKING:
    from onesignal_caller import Caller
    from onesignal_messaging import Shop

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App


@pytest.fixture
def phone(base_url: str, app: App) -> AndroidSdk:
    return AndroidSdk(base_url, app.id)


def test_a_first_start_makes_an_anonymous_user_with_the_phone_and_further_ones_count(phone: AndroidSdk) -> None:
    first = phone.start()
    again = phone.start()

    (device,) = phone.fetch_user()["subscriptions"]
    assert (device["session_count"], device["carrier"], device["app_version"]) == (2, "Tele", "42")
    assert (first, len(phone.cached)) == (again, 1)
    assert phone.ryw_token


def test_tags_location_and_purchases_arrive(phone: AndroidSdk) -> None:
    phone.start()

    phone.update_user(properties={"tags": {"level": "3", "gone": ""}, "lat": 48.85, "long": 2.35, "country": "FR"})
    bought = {"sku": "tea", "iso": "EUR", "amount": "2.50"}
    phone.update_user(deltas={"session_time": 60, "amount_spent": "2.50", "purchases": [bought]})

    seen = phone.fetch_user()
    assert seen["properties"]["tags"] == {"level": "3"}
    assert (seen["properties"]["lat"], seen["properties"]["country"]) == (48.85, "FR")
    assert (seen["properties"]["amount_spent"], seen["subscriptions"][0]["session_time"]) == (2.5, 60)


def test_a_login_claims_a_free_name_and_moves_over_to_a_taken_one(phone: AndroidSdk, call: Caller, app: App) -> None:
    call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "bob"}})
    phone.start()
    before = phone.onesignal_id

    phone.login("ada")
    claimed = phone.onesignal_id
    phone.login("bob")

    bob = call("GET", f"/apps/{app.id}/users/by/external_id/bob").json
    assert claimed == before
    assert [one["id"] for one in bob["subscriptions"]] == [phone.subscription_id]
    assert phone.send("GET", f"{phone.device}/user/identity")["identity"]["external_id"] == "bob"


def test_an_email_is_added_changed_given_away_and_deleted(phone: AndroidSdk, call: Caller, app: App) -> None:
    bob = call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "bob"}}).json["identity"]["onesignal_id"]
    phone.start()

    made = phone.send("POST", f"{phone.user}/subscriptions", {"subscription": {"type": "Email", "token": "a@b.test"}})
    email = f"{phone.app}/subscriptions/{made['subscription']['id']}"
    changed = phone.send("PATCH", email, {"subscription": {"type": "Email", "token": "c@d.test", "enabled": True}})
    moved = phone.send("PATCH", f"{email}/owner", {"identity": {"onesignal_id": bob}})
    gone = phone.send("DELETE", email)

    assert made["ryw_token"]
    assert changed["ryw_token"]
    assert (moved["identity"]["external_id"], gone) == ("bob", {})


def test_an_unsubscribed_phone_says_why(phone: AndroidSdk, fake: FakeOneSignal, app: App) -> None:
    phone.start()

    phone.send(
        "PATCH", phone.device, {"subscription": {"type": "AndroidPush", "enabled": False, "notification_types": -2}}
    )

    (device,) = phone.fetch_user()["subscriptions"]
    assert (device["enabled"], device["notification_types"]) == (False, -2)
    assert fake.dashboard.audience(app.id, "All") == ()


def test_in_app_messages_are_fetched_shown_and_reported(phone: AndroidSdk, fake: FakeOneSignal, app: App) -> None:
    message = fake.create_in_app_message(app.id, name="Welcome", html="<p>Hi</p>")
    phone.start()

    ((message_id, variant_id),) = phone.in_app_messages()
    html = phone.send("GET", f"in_app_messages/{message_id}/variants/{variant_id}/html?app_id={app.id}")["html"]
    phone.report(message_id, variant_id, "impression", first_impression=True)
    phone.report(message_id, variant_id, "click", click_id="yes", first_click=True)
    phone.report(message_id, variant_id, "pageImpression", page_id="p1")

    kinds = [event.kind for event in fake.message_events(app.id)]
    assert (message_id, html) == (message.id, "<p>Hi</p>")
    assert kinds == ["message.iam.impression", "message.iam.clicked", "message.iam.page_displayed"]


def test_a_push_is_opened_and_confirmed_and_counts_in_the_outcomes(shop: Shop) -> None:
    with served(shop.fake) as url:
        phone = AndroidSdk(url, shop.app.id)
        phone.start()
        phone.login("ada")
        message = shop.push("ada")
        shop.fake.run_due()
        phone.report_push(message, "/report_received")
        phone.report_push(message, opened=True)
        outcome = {
            "app_id": shop.app.id,
            "onesignal_id": phone.onesignal_id,
            "subscription": {"id": phone.subscription_id, "type": "AndroidPush"},
            "direct": True,
            "notification_ids": [message],
            "id": "bought",
            "weight": 3.0,
            "timestamp": 1_772_442_000,
        }
        phone.send("POST", "outcomes/measure", outcome)

    seen = shop.call("GET", f"/apps/{shop.app.id}/outcomes?outcome_names=bought.sum&outcome_attribution=direct").json
    assert (shop.statistics(message)["converted"], shop.statistics(message)["received"]) == (1, 1)
    assert seen["outcomes"] == [{"id": "bought", "value": 3, "aggregation": "sum"}]


def test_a_custom_event_of_a_phone_names_its_user(phone: AndroidSdk, fake: FakeOneSignal, app: App) -> None:
    phone.start()
    event = {
        "name": "bought",
        "app_id": app.id,
        "onesignal_id": phone.onesignal_id,
        "timestamp": "2026-03-02T08:59:00.000Z",
        "payload": {"os_sdk": {"sdk": "050909", "type": "AndroidPush"}, "sku": "tea"},
    }

    assert phone.send("POST", f"{phone.app}/custom_events", {"events": [event]}) == {}
    (kept,) = fake.world.apps[app.id].ledger.custom_events.kept
    assert kept.properties["sku"] == "tea"


def test_a_phone_whose_user_is_gone_hears_so_and_starts_anew(phone: AndroidSdk, call: Caller, app: App) -> None:
    phone.start()
    phone.login("ada")
    call("DELETE", f"/apps/{app.id}/users/by/external_id/ada")

    with pytest.raises(BackendFailed, match="404"):
        phone.start()
    phone.create_user({"external_id": "ada"})

    assert len(phone.fetch_user()["subscriptions"]) == 1


def test_under_identity_verification_the_phone_signs_and_asks_by_external_id(
    phone: AndroidSdk, fake: FakeOneSignal, app: App
) -> None:
    fake.dashboard.require_identity_verification(app.id)
    signed = {"Authorization": "Bearer aGVhZA.e30.c2lnbg"}
    body = {
        "identity": {"external_id": "ada"},
        "subscriptions": [{"type": "AndroidPush", "token": phone.token, "notification_types": 1}],
        "refresh_device_metadata": True,
    }

    assert phone.send("GET", f"{phone.app}/android_params.js")["jwt_required"] is True
    with pytest.raises(BackendFailed, match="401"):
        phone.send("POST", f"{phone.app}/users", body)
    made = phone.send("POST", f"{phone.app}/users", body, **signed)
    phone.subscription_id = made["subscriptions"][0]["id"]
    ada = f"{phone.app}/users/by/external_id/ada"
    phone.send("PATCH", ada, {"deltas": {"session_count": 1}}, **signed)
    phone.send("PATCH", phone.device, {"subscription": {"enabled": False}})
    whose = phone.send("GET", f"{phone.device}/user/identity")["identity"]
    phone.send("GET", f"{ada}/subscriptions/{phone.subscription_id}/iams", **signed)

    (device,) = phone.send("GET", ada, **signed)["subscriptions"]
    assert (device["session_count"], device["enabled"], whose["external_id"]) == (2, False, "ada")
