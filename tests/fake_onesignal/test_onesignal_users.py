"""Users through the current User API: facts/onesignal-api.md 4.3."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from onesignal_caller import Clock
    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

    Call = Callable[..., TestResponse]

THREE = [
    {"type": "iOSPush", "token": "ios-1", "enabled": True, "notification_types": 1},
    {"type": "email", "token": "ada@example.com"},
    {"type": "SMS", "token": "+15550001"},
]


def ada(call: Call, app: App, **more: object) -> TestResponse:
    return call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "ada"}, **more})


def test_a_new_user_is_201_with_subscriptions_in_the_order_of_the_request(call: Call, app: App) -> None:
    answer = ada(call, app, subscriptions=THREE, properties={"tags": {"level": 3, "vip": True, "gone": ""}})

    assert answer.status_code == 201
    assert answer.json["identity"]["external_id"] == "ada"
    assert answer.json["properties"]["tags"] == {"level": "3", "vip": "true"}
    assert [one["type"] for one in answer.json["subscriptions"]] == ["iOSPush", "Email", "SMS"]
    assert answer.json["subscriptions"][1]["device_model"] == ""


def test_the_same_user_again_changes_nothing_and_a_new_tag_is_202(call: Call, app: App) -> None:
    ada(call, app, subscriptions=THREE)

    again = ada(call, app, subscriptions=THREE)
    tagged = ada(call, app, properties={"tags": {"a": "b"}})

    assert (again.status_code, tagged.status_code) == (200, 202)
    assert len(tagged.json["subscriptions"]) == 3


def test_the_same_world_is_seen_at_the_legacy_root_and_through_every_kind_of_authorization(
    sdk: Call, call: Call, app: App
) -> None:
    ada(call, app, subscriptions=THREE)
    path = f"/api/v1/apps/{app.id}/users/by/external_id/ada"

    for form in (f"key {app.rest_api_key}", f"BASIC {app.rest_api_key}", f"Bearer {app.rest_api_key}"):
        assert sdk("GET", path, headers={"Authorization": form}).status_code == 200
    assert sdk("GET", path, auth=(app.rest_api_key, "")).status_code == 200
    assert sdk("GET", path).status_code == 401
    assert sdk("GET", path, headers={"Authorization": "Key wrong"}).status_code == 403


def test_an_unknown_alias_is_named_in_the_refusal(call: Call, app: App) -> None:
    answer = call("GET", f"/apps/{app.id}/users/by/external_id/a%2Fb")

    assert answer.status_code == 404
    assert answer.json == {"errors": [{"title": "Given alias `(external_id: a/b)` doesn't match an existing user"}]}


def test_a_user_of_nothing_is_refused(call: Call, app: App) -> None:
    answer = call("POST", f"/apps/{app.id}/users", {})

    assert answer.status_code == 400
    assert answer.json["errors"][0]["code"] == "user-3"


def test_aliases_of_two_users_conflict(call: Call, app: App) -> None:
    ada(call, app)
    call("POST", f"/apps/{app.id}/users", {"identity": {"crm": "7"}})

    answer = call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "ada", "crm": "7"}})

    assert answer.status_code == 409
    assert answer.json["errors"][0]["meta"] == {"conflicting_aliases": {"external_id": "ada", "crm": "7"}}


@pytest.mark.parametrize("restricted", ["null", "NA", "undefined", "0", "-1"])
def test_a_restricted_external_id_is_refused(call: Call, app: App, restricted: str) -> None:
    answer = call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": restricted}})

    assert answer.status_code == 400


def test_the_external_id_one_is_silently_not_set(call: Call, app: App) -> None:
    body = {"identity": {"external_id": "1"}, "subscriptions": THREE}

    assert "external_id" not in call("POST", f"/apps/{app.id}/users", body).json["identity"]


def test_a_token_of_another_user_moves_and_keeps_its_subscription_id(call: Call, app: App) -> None:
    before = ada(call, app, subscriptions=THREE).json["subscriptions"][0]["id"]

    bob = call("POST", f"/apps/{app.id}/users", {"identity": {"external_id": "bob"}, "subscriptions": THREE[:1]})

    assert bob.json["subscriptions"][0]["id"] == before
    left = call("GET", f"/apps/{app.id}/users/by/external_id/ada").json["subscriptions"]
    assert [one["type"] for one in left] == ["Email", "SMS"]


def test_the_web_sdk_logs_in_through_a_conflict_and_the_empty_anonymous_user_disappears(
    sdk: Call, call: Call, app: App
) -> None:
    ada(call, app, subscriptions=THREE[1:])
    anonymous = sdk("POST", f"/apps/{app.id}/users", {"subscriptions": THREE[:1]}).json
    onesignal_id, device = anonymous["identity"]["onesignal_id"], anonymous["subscriptions"][0]["id"]
    path = f"/apps/{app.id}/users/by/onesignal_id/{onesignal_id}"

    claimed = sdk("PATCH", f"{path}/identity", {"identity": {"external_id": "ada"}})
    login = sdk(
        "POST", f"/apps/{app.id}/users", {"identity": {"external_id": "ada"}, "subscriptions": [{"id": device}]}
    )

    assert claimed.status_code == 409
    assert claimed.json["errors"][0] == {
        "code": "user-2",
        "title": "One or more Aliases claimed by another User",
        "meta": {"external_id": "ada"},
    }
    assert login.status_code == 202
    assert [one["type"] for one in login.json["subscriptions"]] == ["iOSPush", "Email", "SMS"]
    assert sdk("GET", path).status_code == 404


def test_a_first_login_keeps_the_onesignal_id(sdk: Call, app: App) -> None:
    anonymous = sdk("POST", f"/apps/{app.id}/users", {"subscriptions": THREE[:1]}).json["identity"]["onesignal_id"]

    identity = sdk(
        "PATCH", f"/apps/{app.id}/users/by/onesignal_id/{anonymous}/identity", {"identity": {"external_id": "ada"}}
    )

    assert identity.json == {"identity": {"onesignal_id": anonymous, "external_id": "ada"}}


def test_tags_merge_and_an_empty_one_is_deleted(call: Call, app: App) -> None:
    ada(call, app, properties={"tags": {"a": "1", "b": "2"}, "language": "de"})

    answer = call("PATCH", f"/apps/{app.id}/users/by/external_id/ada", {"properties": {"tags": {"a": "", "c": 1.5}}})

    assert answer.status_code == 202
    assert answer.json["properties"]["tags"] == {"b": "2", "c": "1.5"}
    assert answer.json["properties"]["language"] == "de"


def test_at_the_tag_limit_new_tags_are_refused_and_known_ones_change(fake: FakeOneSignal, call: Call, app: App) -> None:
    ada(call, app, properties={"tags": {"a": "1", "b": "2", "d": "4"}})
    fake.set_plan(app.id, "free")
    path = f"/apps/{app.id}/users/by/external_id/ada"

    refused = call("PATCH", path, {"properties": {"tags": {"c": "3"}}})
    changed = call("PATCH", path, {"properties": {"tags": {"a": "9"}}})

    assert refused.status_code == 400
    assert changed.json["properties"]["tags"] == {"a": "9", "b": "2", "d": "4"}


def test_deltas_belong_to_the_subscription_of_the_header_and_purchases_add_up(call: Call, app: App) -> None:
    device = ada(call, app, subscriptions=THREE).json["subscriptions"][1]["id"]
    path = f"/apps/{app.id}/users/by/external_id/ada"
    bought = {"sku": "hat", "amount": "2.50", "iso": "EUR", "count": 2}

    answer = call(
        "PATCH",
        path,
        {"deltas": {"session_time": 60, "session_count": 1, "purchases": [bought]}},
        headers={"OneSignal-Subscription-Id": device},
    )

    assert answer.json["properties"]["amount_spent"] == 5.0
    sessions = [one["session_time"] for one in call("GET", path).json["subscriptions"]]
    assert sessions == [0, 60, 0]


def test_only_an_sdk_makes_a_user_active(sdk: Call, call: Call, app: App, clock: Clock) -> None:
    ada(call, app)
    clock.advance(hours=1)

    by_rest, by_sdk = ada(call, app).json["properties"], ada(sdk, app).json["properties"]

    assert by_rest["last_active"] == by_rest["first_active"]
    assert by_sdk["last_active"] - by_sdk["first_active"] == 3600


def test_a_token_of_another_subscription_cannot_be_taken_by_id(call: Call, app: App, fake: FakeOneSignal) -> None:
    seen = ada(call, app, subscriptions=[*THREE, {"type": "iOSPush", "token": "ios-2"}]).json["subscriptions"]
    before = fake.fingerprint()

    taken = [
        {"type": "Email", "token": "new@example.com"},
        {"id": seen[0]["id"], "token": "ios-2"},
    ]
    twice = [{"id": seen[0]["id"], "token": "ios-3"}, {"id": seen[3]["id"], "token": "ios-3"}]

    made_first = [{"type": "iOSPush", "token": "ios-4"}, {"id": seen[0]["id"], "token": "ios-4"}]

    for wanted in (taken, twice, made_first):
        assert ada(call, app, subscriptions=wanted).status_code == 400
    assert fake.fingerprint() == before


def test_a_deleted_user_takes_subscriptions_and_aliases_along(call: Call, app: App, fake: FakeOneSignal) -> None:
    empty = fake.fingerprint()
    onesignal_id = ada(call, app, subscriptions=THREE).json["identity"]["onesignal_id"]

    answer = call("DELETE", f"/apps/{app.id}/users/by/external_id/ada")

    assert answer.status_code == 202
    assert answer.json == {"identity": {"onesignal_id": onesignal_id}}
    assert fake.fingerprint() == empty


def test_a_wrong_type_is_refused_in_the_words_of_the_service(call: Call, app: App) -> None:
    answer = ada(call, app, subscriptions=[{"type": "Email", "token": "a@b.c", "notification_types": 1.0}])

    assert answer.status_code == 400
    assert answer.json["errors"][0]["title"] == (
        "Field notification_types was expecting value of type 'int32', received value of type 'number 1.0' instead"
    )
