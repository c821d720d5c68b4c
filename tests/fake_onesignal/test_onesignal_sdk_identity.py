"""Identity Verification, as the web SDK meets it: what must be signed, what must not, and for how long."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from typing import TYPE_CHECKING, Any

import pytest
from onesignal_web_sdk import Failed, WebSdk

if TYPE_CHECKING:
    from onesignal_caller import Clock

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App


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

    with pytest.raises(Failed, match="401"):
        browser.send("PATCH", browser.device_path, {"subscription": {"enabled": False}})
    assert browser.send("DELETE", browser.device_path) == {}


def test_without_identity_verification_a_jwt_is_a_wrong_key(browser: WebSdk) -> None:
    browser.jwt = signed()

    with pytest.raises(Failed, match="unauthorized"):
        browser.start_session()
