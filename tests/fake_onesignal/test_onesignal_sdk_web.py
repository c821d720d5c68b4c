"""The web SDK's sequences of calls, made by a witness that knows only what the SDK knows."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from functools import reduce
from typing import TYPE_CHECKING, Any

import pytest
from onesignal_sockets import served
from onesignal_web_sdk import Failed, WebSdk

from fake_onesignal.wire.sdk import render_web_config

if TYPE_CHECKING:
    from collections.abc import Callable

    from conftest import Caller, Clock
    from onesignal_messaging import Shop

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App


READ_AT_THE_START = {
    "features": ("enable_on_session", "session_threshold", "web_on_focus_enabled"),
    "features.restrict_origin": ("enable",),
    "config": ("origin", "autoResubscribe", "jwt_required", "safari_web_id"),
    "config.siteInfo": ("name", "proxyOrigin", "proxyOriginEnabled"),
    "config.integration": ("kind",),
    "config.serviceWorker": ("path", "workerName", "registrationScope"),
    "config.welcomeNotification": ("enable", "title", "message", "url"),
    "config.webhooks": ("corsEnable",),
    "config.notificationBehavior.click": ("match", "action"),
    "config.notificationBehavior.display": ("persist",),
    "config.outcomes.direct": ("enabled",),
    "config.outcomes.indirect": ("enabled",),
    "config.outcomes.indirect.notification_attribution": ("minutes_since_displayed", "limit"),
    "config.outcomes.unattributed": ("enabled",),
    "config.staticPrompts.native": ("enabled", "autoPrompt"),
    "config.staticPrompts.bell": ("enabled", "size", "location", "hideWhenSubscribed"),
    "config.staticPrompts.bell.offset": ("bottom", "left", "right"),
    "config.staticPrompts.bell.color": ("main", "accent"),
    "config.staticPrompts.bell.tooltip": ("unsubscribed", "subscribed", "blocked"),
    "config.staticPrompts.bell.message": ("subscribing", "unsubscribing"),
    "config.staticPrompts.bell.dialog.main": ("title", "subscribeButton", "unsubscribeButton"),
    "config.staticPrompts.bell.dialog.blocked": ("title", "message"),
    "config.staticPrompts.slidedown": ("prompts",),
    "config.staticPrompts.fullscreen": ("enabled", "actionMessage", "acceptButton", "cancelButton", "autoAcceptTitle"),
    "config.staticPrompts.customlink": ("enabled", "style", "size", "unsubscribeEnabled"),
    "config.staticPrompts.customlink.text": ("subscribe", "unsubscribe", "explanation"),
    "config.staticPrompts.customlink.color": ("button", "text"),
}


@pytest.fixture
def browser(base_url: str, app: App) -> WebSdk:
    return WebSdk(base_url, app.id)


def held(call: Caller, app: App, external_id: str) -> list[str]:
    user = call("GET", f"/apps/{app.id}/users/by/external_id/{external_id}").json
    return [one["id"] for one in user["subscriptions"]]


def test_a_page_is_configured_before_anything_else(browser: WebSdk, app: App) -> None:
    seen = browser.configure()

    assert (seen["success"], seen["app_id"], seen["config"]["origin"]) == (True, app.id, browser.origin)
    assert seen["config"]["siteInfo"]["name"] == "Corner shop"
    assert len(seen["config"]["vapid_public_key"]) == 87


@pytest.mark.parametrize("part", READ_AT_THE_START)
def test_nothing_that_the_sdk_reads_when_it_starts_is_missing(fake: FakeOneSignal, app: App, part: str) -> None:
    config = render_web_config(app, fake.world.apps[app.id].settings, page_origin="https://shop.test", now=0)

    seen = reduce(lambda whole, name: whole[name], part.split("."), config)

    assert set(READ_AT_THE_START[part]) <= {name for name, value in seen.items() if value is not None}


def test_the_page_and_its_worker_start_with_the_same_and_nothing_is_tried_out(browser: WebSdk) -> None:
    assert browser.configure() == browser.configure_worker()
    assert browser.features() == []


def test_a_site_without_web_push_and_an_unknown_app_are_told_so(browser: WebSdk, fake: FakeOneSignal, app: App) -> None:
    fake.dashboard.configure_web_push(app.id, origin=None)
    unset = browser.configure()
    browser.app_id = "5a35dbd2-3e6c-4a1c-93b5-45ba6ee25f1d"
    unknown = browser.configure()

    assert unset == {"success": False, "code": 2, "description": "This app is not configured for web push."}
    assert (unknown["success"], unknown["code"]) == (False, 1)


def test_a_configured_origin_is_the_one_that_is_shown(browser: WebSdk, fake: FakeOneSignal, app: App) -> None:
    fake.dashboard.configure_web_push(app.id, origin="https://other.test")

    seen = browser.configure()

    assert seen["config"]["origin"] == "https://other.test"
    assert seen["features"]["restrict_origin"] == {"enable": True}


def test_a_service_worker_reads_the_configuration_as_json_which_may_be_cached(sdk: Caller, app: App) -> None:
    answer = sdk("GET", f"/api/v1/sync/{app.id}/web")

    assert answer.json["success"] is True
    assert answer.headers["Cache-Control"] == "public, max-age=3600"
    assert "Origin" in answer.headers["Vary"]


@pytest.mark.parametrize("callback", ["alert(1)//", "<script>", "a" * 200, "1up"])
def test_what_is_no_name_of_a_function_is_not_called_back(sdk: Caller, app: App, callback: str) -> None:
    answer = sdk("GET", f"/sync/{app.id}/web", query_string={"callback": callback})

    assert answer.content_type.startswith("application/json")


def test_a_first_visit_makes_an_anonymous_user_with_the_browser(browser: WebSdk) -> None:
    browser.start_session()

    user = browser.user()
    (device,) = user["subscriptions"]
    assert list(user["identity"]) == ["onesignal_id"]
    assert (device["id"], device["session_count"]) == (browser.subscription_id, 1)
    assert browser.ryw_token


def test_further_visits_count_sessions_and_time_on_the_browser_that_sent_them(
    browser: WebSdk, base_url: str, app: App
) -> None:
    browser.start_session()
    browser.login("ada")
    phone = WebSdk(base_url, app.id, endpoint="https://push.test/2")
    phone.start_session()
    phone.login("ada")

    phone.start_session()
    phone.end_session(42)

    first, second = sorted(browser.user()["subscriptions"], key=lambda one: one["token"])
    assert (first["session_count"], first["session_time"]) == (1, 0)
    assert (second["session_count"], second["session_time"]) == (2, 42)


def test_a_first_login_names_the_user_and_keeps_the_onesignal_id(browser: WebSdk) -> None:
    browser.start_session()
    before = browser.onesignal_id

    assert browser.login("ada") == "ada"
    assert browser.onesignal_id == before


def test_a_login_as_a_known_user_moves_the_browser_and_the_anonymous_user_disappears(
    browser: WebSdk, call: Caller, app: App
) -> None:
    call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "ada"}})
    browser.start_session()
    anonymous, device = browser.user_path, browser.subscription_id

    browser.login("ada")

    assert held(call, app, "ada") == [device]
    with pytest.raises(Failed, match="missing"):
        browser.send("GET", anonymous)


def test_an_account_switch_moves_the_browser_and_a_logout_sets_it_free(browser: WebSdk, call: Caller, app: App) -> None:
    call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "bob"}})
    browser.start_session()
    browser.login("ada")
    device = browser.subscription_id

    browser.login("bob")
    switched = held(call, app, "ada"), held(call, app, "bob")
    browser.logout()

    assert switched == ([], [device])
    assert held(call, app, "bob") == []
    assert list(browser.user()["identity"]) == ["onesignal_id"]
    assert browser.subscription_id == device


def test_a_deleted_user_is_made_anew_by_the_next_visit(browser: WebSdk, call: Caller, app: App) -> None:
    browser.start_session()
    browser.login("ada")
    call("DELETE", f"/apps/{app.id}/users/by/external_id/ada")

    browser.start_session()

    assert len(browser.user()["subscriptions"]) == 1


def test_opting_out_and_in_again_is_what_a_segment_counts(browser: WebSdk, fake: FakeOneSignal, app: App) -> None:
    browser.start_session()
    seen = []
    for opted_in in (True, False, True):
        browser.opt(in_=opted_in)
        seen.append(len(fake.dashboard.audience(app.id, "Total Subscriptions")))

    assert seen == [1, 0, 1]


def test_a_service_worker_finds_its_subscription_by_token_and_does_not_unsubscribe_it(
    browser: WebSdk, fake: FakeOneSignal, app: App
) -> None:
    browser.start_session()

    assert browser.whose_token() == browser.subscription_id
    assert [one.id for one in fake.dashboard.audience(app.id, "All")] == [browser.subscription_id]


def test_a_service_worker_with_an_unknown_token_gets_a_temporary_record_that_nobody_counts(
    browser: WebSdk, fake: FakeOneSignal, app: App
) -> None:
    assert browser.whose_token()
    assert fake.dashboard.audience(app.id, "All") == ()


def test_an_email_is_answered_with_its_subscription(browser: WebSdk) -> None:
    browser.start_session()

    made = browser.add_email("a@b.c")

    assert (made["subscription"]["type"], made["subscription"]["token"]) == ("Email", "a@b.c")


def test_a_click_a_confirmed_delivery_and_an_outcome_are_the_messages(shop: Shop) -> None:
    with served(shop.fake) as url:
        browser = WebSdk(url, shop.app.id)
        browser.start_session()
        browser.login("ada")
        message = shop.push("ada")
        shop.fake.run_due()

        browser.click(message)
        browser.confirm(message)
        browser.end_session(42, message)
        browser.measure("bought", message, weight=3)

    seen = shop.statistics(message)
    names = "bought.sum,os__session_duration.count"
    outcomes = shop.call("GET", f"/apps/{shop.app.id}/outcomes?outcome_names={names}&outcome_attribution=direct").json
    assert (seen["converted"], seen["received"]) == (1, 1)
    assert [one["value"] for one in outcomes["outcomes"]] == [3, 1]


def test_a_custom_event_is_kept_with_its_payload(browser: WebSdk, fake: FakeOneSignal, app: App) -> None:
    browser.start_session()

    assert browser.track("bought", sku="tea") == {}
    (kept,) = fake.world.apps[app.id].ledger.custom_events.kept
    assert (kept.name, kept.properties["sku"]) == ("bought", "tea")


def test_an_external_id_with_a_slash_stays_one_segment_of_the_path(browser: WebSdk, call: Caller, app: App) -> None:
    browser.start_session()
    browser.login("team/ünü (1)!")

    seen = browser.send("GET", [*browser.app, "users", "by", "onesignal_id", browser.onesignal_id])

    assert seen["identity"]["external_id"] == "team/ünü (1)!"
    assert held(call, app, "team%2F%C3%BCn%C3%BC%20%281%29%21") == [browser.subscription_id]


def test_a_page_may_read_how_long_to_wait(new_fake: Callable[..., FakeOneSignal]) -> None:
    fake = new_fake(limits="documented")
    app = fake.create_app("Corner shop")
    with served(fake) as url:
        browser = WebSdk(url, app.id)
        browser.start_session()
        browser.opt(in_=False)

        with pytest.raises(Failed, match="retry") as often:
            browser.opt(in_=True)

    assert often.value.retry_after_s == 1


def test_purchases_arrive_as_deltas_and_their_sum_counts_once(browser: WebSdk) -> None:
    browser.start_session()
    bought = [{"sku": "tea", "amount": "2.50", "iso": "EUR", "count": 2}]

    body = {"deltas": {"purchases": bought, "amount_spent": "5.00"}}
    seen = browser.send("PATCH", browser.user_path, body, device=True)["properties"]

    assert (seen["amount_spent"], seen["purchases"]) == (5.0, bought)


@pytest.mark.parametrize(
    "deltas",
    [{"amount_spent": "nan"}, {"amount_spent": "1e999"}, {"purchases": [{"sku": "a", "amount": "x", "iso": "E"}]}],
)
def test_money_that_is_no_number_is_dropped(browser: WebSdk, fake: FakeOneSignal, deltas: dict[str, Any]) -> None:
    browser.start_session()
    before = fake.fingerprint()

    with pytest.raises(Failed, match="drop"):
        browser.send("PATCH", browser.user_path, {"deltas": deltas})

    assert fake.fingerprint() == before


def signed(**claims: Any) -> str:
    """A token in the form that the customer's server makes."""
    head, body = (
        urlsafe_b64encode(json.dumps(part).encode()).decode().rstrip("=") for part in ({"alg": "ES256"}, claims)
    )
    return f"{head}.{body}.c2lnbmF0dXJl"


def test_under_identity_verification_unsigned_calls_are_refused_and_signed_ones_pass(
    browser: WebSdk, fake: FakeOneSignal, app: App
) -> None:
    fake.dashboard.require_identity_verification(app.id)

    with pytest.raises(Failed, match="unauthorized") as unsigned:
        browser.start_session()
    browser.jwt = signed(iss=app.id, identity={"external_id": "ada"})
    browser.make_user({"external_id": "ada"}, browser.device())
    by_name = browser.send("GET", [*browser.app, "users", "by", "external_id", "ada"])
    browser.opt(in_=False)
    browser.track("bought")

    assert browser.configure()["config"]["jwt_required"] is True
    assert unsigned.value.body["errors"][0]["code"] == "auth-1"
    assert by_name["identity"]["external_id"] == "ada"
    assert browser.user()["subscriptions"][0]["enabled"] is False


def test_a_token_lives_until_the_end_that_it_names(
    browser: WebSdk, fake: FakeOneSignal, app: App, clock: Clock
) -> None:
    fake.dashboard.require_identity_verification(app.id)
    browser.jwt = signed(iss=app.id, exp=int(clock().timestamp()) + 60)
    browser.start_session()
    clock.advance(seconds=60)
    before = fake.fingerprint()

    with pytest.raises(Failed, match="unauthorized"):
        browser.start_session()
    assert fake.fingerprint() == before


def test_a_change_of_a_subscription_must_not_be_signed_and_its_end_may_be(browser: WebSdk) -> None:
    browser.start_session()
    browser.jwt = signed()

    with pytest.raises(Failed, match="unauthorized"):
        browser.send("PATCH", browser.device_path, {"subscription": {"enabled": False}})
    assert browser.send("DELETE", browser.device_path) == {}


def test_without_identity_verification_a_jwt_is_a_wrong_key(browser: WebSdk) -> None:
    browser.jwt = signed()

    with pytest.raises(Failed, match="unauthorized"):
        browser.start_session()
