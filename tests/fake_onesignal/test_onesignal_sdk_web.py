"""The web SDK's sequences of calls, made by a witness that knows only what the SDK knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from onesignal_web_sdk import Failed, WebSdk
from werkzeug.test import Client

if TYPE_CHECKING:
    from conftest import Caller
    from onesignal_messaging import Shop

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

JWT = "eyJhbGciOiJFUzI1NiJ9.eyJpc3MiOiJhcHAifQ.c2lnbmF0dXJl"


@pytest.fixture
def browser(fake: FakeOneSignal, app: App) -> WebSdk:
    return WebSdk(fake, app.id)


def held(call: Caller, app: App, external_id: str) -> list[str]:
    user = call("GET", f"/apps/{app.id}/users/by/external_id/{external_id}").json
    return [one["id"] for one in user["subscriptions"]]


def test_a_page_is_configured_before_anything_else(browser: WebSdk, app: App) -> None:
    seen = browser.configure()

    assert (seen["success"], seen["app_id"], seen["config"]["origin"]) == (True, app.id, browser.origin)
    assert seen["config"]["siteInfo"]["name"] == "Corner shop"
    assert len(seen["config"]["vapid_public_key"]) == 87


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
    browser: WebSdk, fake: FakeOneSignal, app: App
) -> None:
    browser.start_session()
    browser.login("ada")
    phone = WebSdk(fake, app.id, endpoint="https://push.test/2")
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


def test_a_click_and_a_confirmed_delivery_drive_converted_and_received(shop: Shop) -> None:
    browser = WebSdk(shop.fake, shop.app.id)
    browser.start_session()
    browser.login("ada")
    message = shop.push("ada")
    shop.fake.run_due()

    browser.click(message)
    browser.confirm(message)

    seen = shop.statistics(message)
    assert (seen["converted"], seen["received"]) == (1, 1)


def test_purchases_arrive_as_deltas_and_their_sum_counts_once(browser: WebSdk) -> None:
    browser.start_session()
    bought = [{"sku": "tea", "amount": "2.50", "iso": "EUR", "count": 2}]

    body = {"deltas": {"purchases": bought, "amount_spent": "5.00"}}
    seen = browser.send("PATCH", browser.user_path, body)["properties"]

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


def test_under_identity_verification_unsigned_calls_are_refused_and_signed_ones_pass(
    browser: WebSdk, fake: FakeOneSignal, app: App
) -> None:
    fake.dashboard.require_identity_verification(app.id)

    with pytest.raises(Failed, match="unauthorized") as unsigned:
        browser.start_session()
    browser.jwt = JWT
    browser.start_session()
    browser.login("ada")

    assert unsigned.value.body["errors"][0]["code"] == "auth-1"
    assert browser.send("GET", f"/apps/{app.id}/users/by/external_id/ada")["identity"]["external_id"] == "ada"


def test_without_identity_verification_a_jwt_is_a_wrong_key(browser: WebSdk) -> None:
    browser.jwt = JWT

    with pytest.raises(Failed, match="unauthorized"):
        browser.start_session()


def test_a_page_of_any_origin_may_ask_first_whether_it_may_call(fake: FakeOneSignal, app: App) -> None:
    wanted = {"content-type", "sdk-version", "onesignal-subscription-id", "authorization"}
    answer = Client(fake).options(
        f"/apps/{app.id}/users",
        headers={
            "Origin": "https://shop.test",
            "Access-Control-Request-Method": "POST",
            "Access-Control-Request-Headers": ", ".join(sorted(wanted)),
        },
    )

    allowed = {name.strip().lower() for name in answer.headers["Access-Control-Allow-Headers"].split(",")}
    assert answer.status_code == 200
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert wanted <= allowed
