"""The web SDK's sequences of calls, made by a witness that knows only what the SDK knows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from onesignal_sockets import served
from onesignal_web_sdk import Failed, WebSdk

if TYPE_CHECKING:
    from collections.abc import Callable

    from onesignal_caller import Caller
    from onesignal_messaging import Shop

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App


def held(call: Caller, app: App, external_id: str) -> list[str]:
    user = call("GET", f"/apps/{app.id}/users/by/external_id/{external_id}").json
    return [one["id"] for one in user["subscriptions"]]


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
