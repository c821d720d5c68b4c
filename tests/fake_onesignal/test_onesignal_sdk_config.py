"""What a page and its service worker fetch before anything else (facts/onesignal-api.md 10)."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import pytest

from fake_onesignal.wire.sdk import render_web_config

if TYPE_CHECKING:
    from onesignal_caller import Caller
    from onesignal_web_sdk import WebSdk

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
