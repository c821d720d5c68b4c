"""Subscriptions through the current User API: facts/onesignal-api.md 4.1-4.3."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from fake_onesignal.records import Subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from onesignal_caller import Clock
    from werkzeug.test import TestResponse

    from fake_onesignal.records import App

    Call = Callable[..., TestResponse]


def create(call: Call, app: App, external_id: str, *subscriptions: dict[str, object]) -> dict[str, object]:
    body = {"identity": {"external_id": external_id}, "subscriptions": list(subscriptions)}
    return call("POST", f"/apps/{app.id}/users", body).json


def held(call: Call, app: App, external_id: str) -> list[dict[str, object]]:
    return call("GET", f"/apps/{app.id}/users/by/external_id/{external_id}").json["subscriptions"]


@pytest.mark.parametrize(
    ("fields", "subscribed"),
    [
        ({"type": "iOSPush", "enabled": True, "token": "t", "notification_types": 31}, True),
        ({"type": "iOSPush", "enabled": True, "token": "t", "notification_types": 0}, False),
        ({"type": "iOSPush", "enabled": True, "token": "", "notification_types": 1}, False),
        ({"type": "iOSPush", "enabled": False, "token": "t", "notification_types": 1}, False),
        ({"type": "AndroidPush", "enabled": True, "token": "t", "notification_types": -2}, False),
        ({"type": "Email", "enabled": True, "token": "a@b.c", "notification_types": -99}, True),
        ({"type": "Email", "enabled": False, "token": "a@b.c", "notification_types": -99}, False),
        ({"type": "SMS", "enabled": True, "token": "+1", "notification_types": 0}, True),
        ({"type": "SMS", "enabled": True, "token": "+1", "notification_types": -98}, False),
    ],
)
def test_subscribed_means_enabled_reachable_and_not_refused(fields: dict[str, Any], subscribed: object) -> None:
    subscription = Subscription(id="s", onesignal_id="u", created_at=0, last_active=0, **fields)

    assert subscription.is_subscribed is subscribed


def test_a_new_subscription_is_201_and_a_known_token_is_202(call: Call, app: App) -> None:
    create(call, app, "ada")
    path = f"/apps/{app.id}/users/by/external_id/ada/subscriptions"
    email = {"subscription": {"type": "Email", "token": "ada@example.com"}}

    first, second = call("POST", path, email), call("POST", path, email)

    assert (first.status_code, second.status_code) == (201, 202)
    assert first.json == second.json
    assert first.json["subscription"]["notification_types"] == 1


def test_a_subscription_for_nobody_is_not_found(call: Call, app: App) -> None:
    path = f"/apps/{app.id}/users/by/external_id/nobody/subscriptions"

    answer = call("POST", path, {"subscription": {"type": "Email", "token": "a@b.c"}})

    assert answer.status_code == 404
    assert answer.json == {"errors": [{"code": "subscription-0", "title": "Subscription not found"}]}


def test_disabling_writes_minus_31_and_enabling_writes_1(call: Call, app: App) -> None:
    device = create(call, app, "ada", {"type": "Email", "token": "a@b.c"})["subscriptions"][0]["id"]
    path = f"/apps/{app.id}/subscriptions/{device}"

    off = call("PATCH", path, {"subscription": {"enabled": False}})
    status_off = held(call, app, "ada")[0]["notification_types"]
    call("PATCH", path, {"subscription": {"enabled": True}})

    assert (off.status_code, off.json) == (200, {})
    assert (status_off, held(call, app, "ada")[0]["notification_types"]) == (-31, 1)


def test_a_subscription_is_changed_by_its_token_which_stays(call: Call, app: App) -> None:
    create(call, app, "ada", {"type": "Email", "token": "a/b@c.d"})

    answer = call(
        "PATCH",
        f"/apps/{app.id}/subscriptions_by_token/email/a%2Fb%40c.d",
        {"subscription": {"token": "other", "app_version": "2", "enabled": False}},
    )

    assert answer.status_code == 202
    email = held(call, app, "ada")[0]
    assert (email["token"], email["app_version"], email["enabled"]) == ("a/b@c.d", "2", False)


def test_an_owner_is_exactly_one_alias(call: Call, app: App) -> None:
    device = create(call, app, "ada", {"type": "Email", "token": "a@b.c"})["subscriptions"][0]["id"]
    create(call, app, "bob")
    path = f"/apps/{app.id}/subscriptions/{device}/owner"

    two = call("PATCH", path, {"identity": {"external_id": "bob", "crm": "7"}})
    one = call("PATCH", path, {"identity": {"external_id": "bob"}})

    assert two.status_code == 400
    assert one.json["identity"]["external_id"] == "bob"
    assert call("GET", f"/apps/{app.id}/subscriptions/{device}/user/identity").json == one.json


def test_deleting_twice_is_not_found(call: Call, app: App) -> None:
    device = create(call, app, "ada", {"type": "Email", "token": "a@b.c"})["subscriptions"][0]["id"]
    path = f"/apps/{app.id}/subscriptions/{device}"

    assert [call("DELETE", path).status_code for _ in range(2)] == [202, 404]
    assert held(call, app, "ada") == []


def test_who_shows_a_wrong_key_may_neither_give_a_subscription_away_nor_delete_it(call: Call, app: App) -> None:
    device = create(call, app, "ada", {"type": "Email", "token": "a@b.c"})["subscriptions"][0]["id"]
    path, wrong = f"/apps/{app.id}/subscriptions/{device}", {"Authorization": "Key wrong"}

    moved = call("PATCH", f"{path}/owner", {"identity": {"external_id": "ada"}}, headers=wrong)
    deleted = call("DELETE", path, headers=wrong)

    assert [(one.status_code, one.json) for one in (moved, deleted)] == [(403, {"errors": ["Forbidden"]})] * 2
    assert call("PATCH", path, {"subscription": {}}, headers=wrong).json["errors"][0].startswith("Access denied.")
    assert [one["id"] for one in held(call, app, "ada")] == [device]


def test_the_21st_subscription_evicts_the_one_with_the_oldest_session_but_no_email(
    call: Call, app: App, clock: Clock
) -> None:
    create(call, app, "ada", {"type": "Email", "token": "a@b.c"})
    path = f"/apps/{app.id}/users/by/external_id/ada/subscriptions"
    for number in range(20):
        clock.advance(minutes=1)
        call("POST", path, {"subscription": {"type": "AndroidPush", "token": f"t{number}"}})

    tokens = [one["token"] for one in held(call, app, "ada")]

    assert tokens == ["a@b.c", *(f"t{number}" for number in range(1, 20))]
    evicted = call("POST", f"/apps/{app.id}/users", {"subscriptions": [{"type": "AndroidPush", "token": "t0"}]})
    assert "external_id" not in evicted.json["identity"]
