"""The 2022 API of players, and CSV exports: facts/onesignal-api.md 3."""

from __future__ import annotations

import csv
import gzip
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from onesignal_caller import Clock
    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

    Call = Callable[..., TestResponse]


def player(call: Call, app: App, identifier: str, **more: Any) -> str:
    answer = call("POST", "/api/v1/players", {"app_id": app.id, "device_type": 1, "identifier": identifier, **more})
    assert answer.status_code == 200, answer.text
    assert answer.json["success"] is True
    return answer.json["id"]


def viewed(call: Call, app: App, player_id: str) -> dict[str, Any]:
    return call("GET", f"/players/{player_id}?app_id={app.id}").json


def exported(call: Call, app: App, **body: Any) -> list[dict[str, str]]:
    answer = call("POST", f"/players/csv_export?app_id={app.id}", body)
    assert answer.status_code == 200, answer.text
    packed = call("GET", answer.json["csv_file_url"])
    assert packed.status_code == 200
    return list(csv.DictReader(gzip.decompress(packed.data).decode().splitlines()))


def test_the_same_identifier_is_the_same_player(sdk: Call, app: App) -> None:
    first = player(sdk, app, "t1", tags={"a": 1}, game_version="1.0")

    second = player(sdk, app, "t1", game_version="1.1")

    assert first == second
    seen = viewed(sdk, app, first)
    assert (seen["game_version"], seen["tags"], seen["session_count"]) == ("1.1", {"a": "1"}, 1)
    assert (seen["device_type"], seen["invalid_identifier"]) == (1, False)


def test_an_external_user_id_joins_players_and_an_empty_one_parts_them(sdk: Call, call: Call, app: App) -> None:
    phone, tablet = player(sdk, app, "t1"), player(sdk, app, "t2")
    for one in (phone, tablet):
        sdk("PUT", f"/players/{one}", {"app_id": app.id, "external_user_id": "ada"})

    joined = call("GET", f"/apps/{app.id}/users/by/external_id/ada").json["subscriptions"]
    sdk("PUT", f"/players/{phone}", {"app_id": app.id, "external_user_id": ""})
    parted = call("GET", f"/apps/{app.id}/users/by/external_id/ada").json["subscriptions"]

    assert [one["id"] for one in joined] == [phone, tablet]
    assert [one["id"] for one in parted] == [tablet]
    assert viewed(sdk, app, phone)["external_user_id"] == ""


def test_a_first_external_user_id_keeps_the_user_and_another_one_makes_a_new_user(sdk: Call, app: App) -> None:
    device = player(sdk, app, "t1")
    owner = f"/apps/{app.id}/subscriptions/{device}/user/identity"
    before = sdk("GET", owner).json["identity"]["onesignal_id"]

    seen = []
    for external_id in ("ada", "bob"):
        sdk("PUT", f"/players/{device}", {"app_id": app.id, "external_user_id": external_id})
        seen.append(sdk("GET", owner).json["identity"])

    assert (seen[0]["onesignal_id"], seen[0]["external_id"]) == (before, "ada")
    assert (seen[1]["onesignal_id"] != before, seen[1]["external_id"]) == (True, "bob")


def test_numbers_may_be_sent_as_text_and_times_of_long_ago_are_kept(sdk: Call, app: App) -> None:
    said = {"timezone": "-28800", "session_count": "600", "created_at": "1395096859", "last_active": 1395097000}

    seen = viewed(sdk, app, player(sdk, app, "t1", **said, device_type="0", notification_types="1", tags={"a": "1"}))

    assert {name: seen[name] for name in said} == {name: int(value) for name, value in said.items()}
    assert (seen["device_type"], seen["invalid_identifier"], seen["tags"]) == (0, False, {"a": "1"})


def test_a_purchase_may_have_a_number_for_its_amount(sdk: Call, app: App) -> None:
    device = player(sdk, app, "t1")
    bought = [{"sku": "hat", "amount": 1.5, "iso": "EUR"}, {"sku": "tea", "amount": 2, "iso": "EUR", "count": 2}]

    answer = sdk("POST", f"/players/{device}/on_purchase", {"app_id": app.id, "purchases": bought, "existing": True})

    assert (answer.json, viewed(sdk, app, device)["amount_spent"]) == ({"success": True}, 5.5)


def test_sessions_time_and_purchases_are_reported_by_the_device(sdk: Call, app: App, clock: Clock) -> None:
    device = player(sdk, app, "t1")
    clock.advance(hours=1)

    answers = [
        sdk("POST", f"/players/{device}/on_session", {"app_id": app.id}),
        sdk("POST", f"/players/{device}/on_focus", {"app_id": app.id, "state": "ping", "active_time": 60}),
        sdk(
            "POST",
            f"/players/{device}/on_purchase",
            {"app_id": app.id, "purchases": [{"sku": "hat", "amount": "1.5", "iso": "EUR"}]},
        ),
    ]

    assert [one.json for one in answers] == [{"success": True}] * 3
    seen = viewed(sdk, app, device)
    assert (seen["session_count"], seen["playtime"], seen["amount_spent"]) == (2, 60, 1.5)
    assert seen["last_active"] - seen["created_at"] == 3600


def test_a_session_says_what_has_changed_and_no_report_of_use_needs_to_name_the_app(sdk: Call, app: App) -> None:
    device = player(sdk, app, "t1", language="en", tags={"a": "1"})
    said = {"identifier": "t2", "language": "es", "timezone": -28800, "game_version": "2.0", "tags": {"b": "2"}}

    answers = [
        sdk("POST", f"/players/{device}/on_session", said),
        sdk("POST", f"/api/v1/players/{device}/on_session"),
        sdk("POST", f"/players/{device}/on_focus", {"state": "ping", "active_time": 60}),
        sdk("POST", f"/players/{device}/on_purchase", {"purchases": [{"sku": "hat", "amount": 1.5, "iso": "EUR"}]}),
        sdk("POST", "/players/nobody/on_session"),
    ]

    assert [one.status_code for one in answers] == [200, 200, 200, 200, 400]
    assert answers[-1].json == {"errors": ["No user with this id found"]}
    seen = viewed(sdk, app, device)
    assert {name: seen[name] for name in said} == {**said, "tags": {"a": "1", "b": "2"}}
    assert (seen["session_count"], seen["playtime"], seen["amount_spent"]) == (3, 60, 1.5)


def test_tags_by_external_user_id_merge_and_have_the_limits_of_2022(sdk: Call, call: Call, app: App) -> None:
    player(sdk, app, "t1", external_user_id="a/b", tags={"a": "1"})
    path = f"/api/v1/apps/{app.id}/users/a%2Fb"

    merged = call("PUT", path, {"tags": {"a": "", "b": True}})
    too_many = call("PUT", path, {"tags": {str(number): "x" for number in range(101)}})

    assert merged.json == {"success": True}
    assert call("GET", f"/apps/{app.id}/users/by/external_id/a%2Fb").json["properties"]["tags"] == {"b": "true"}
    assert too_many.status_code == 400
    assert too_many.text == '{"errors":["Please limit your tag updates to 100 per request"],"success":false}'


def test_players_are_listed_and_deleted_with_the_key_only(sdk: Call, call: Call, app: App) -> None:
    ids = [player(sdk, app, f"t{number}") for number in range(3)]
    path = f"/players/{ids[0]}?app_id={app.id}"

    assert sdk("GET", f"/players?app_id={app.id}").status_code == 403
    page = call("GET", f"/players?app_id={app.id}&limit=2&offset=1").json
    assert ([one["id"] for one in page["players"]], page["total_count"]) == (ids[1:], 3)
    assert [call("DELETE", path).json, sdk("GET", path).json] == [
        {"success": True},
        {"errors": ["No user with this id found"]},
    ]


@pytest.mark.parametrize(
    ("method", "path", "text"),
    [
        ("GET", "/players", "app_id not found. You may be missing a Content-Type: application/json header."),
        (
            "DELETE",
            "/players/x?app_id=",
            "app_id not found. You may be missing a Content-Type: application/json header.",
        ),
        ("GET", "/players?app_id=7", "app_id must be a valid UUID"),
        ("POST", "/players/csv_export", "Request is malformed: Failed to parse app_id from request"),
        ("POST", "/players/csv_export?app_id=7", "app_id must be a valid UUID"),
    ],
)
def test_who_names_no_app_is_told_so(call: Call, method: str, path: str, text: str) -> None:
    answer = call(method, path)

    assert (answer.status_code, answer.json["errors"]) == (400, [text])


def test_an_export_has_every_subscription_with_the_columns_of_today(call: Call, app: App) -> None:
    body = {
        "identity": {"external_id": 'ada, "the" first'},
        "properties": {"tags": {"a": "1"}, "country": "DE"},
        "subscriptions": [{"type": "iOSPush", "token": "t"}, {"type": "Email", "token": "a@b.c", "enabled": False}],
    }
    call("POST", f"/apps/{app.id}/users", body)

    rows = exported(call, app, extra_fields=["external_user_id", "onesignal_id", "location", "notification_types"])

    assert list(rows[0]) == [
        *("id", "identifier", "session_count", "language", "timezone", "game_version", "device_os", "device_type"),
        *("device_model", "ad_id", "tags", "last_active", "playtime", "amount_spent", "created_at"),
        *("invalid_identifier", "external_user_id", "onesignal_id", "lat", "long", "notification_types"),
    ]
    assert [row["external_user_id"] for row in rows] == ['ada, "the" first'] * 2
    seen = [(row["device_type"], row["invalid_identifier"], row["notification_types"]) for row in rows]
    assert seen == [("0", "f", "1"), ("11", "t", "-31")]


def test_an_export_of_a_segment_has_its_subscribed_members(call: Call, app: App) -> None:
    body = {"subscriptions": [{"type": "SMS", "token": "+1"}, {"type": "Email", "token": "a@b.c", "enabled": False}]}
    call("POST", f"/apps/{app.id}/users", body)

    assert len(exported(call, app, segment_name="Total Subscriptions")) == 1
    assert len(exported(call, app, segment_name="Total Subscriptions", include_unsubscribed=True)) == 2
    assert exported(call, app, last_active_since="1999999999") == []
    unknown = call("POST", f"/players/csv_export?app_id={app.id}", {"segment_name": "Nobody"})
    assert (unknown.status_code, unknown.json) == (400, {"errors": ["segment not found"]})


@pytest.mark.parametrize("body", [{"segment_name": {}}, {"extra_fields": {}}, {"last_active_since": "monday"}])
def test_an_export_of_nothing_that_can_be_meant_is_refused(call: Call, app: App, body: dict[str, Any]) -> None:
    answer = call("POST", f"/players/csv_export?app_id={app.id}", body)

    assert (answer.status_code, list(answer.json)) == (400, ["errors"])


def test_an_export_may_have_an_empty_body_and_its_url_is_on_the_same_host(call: Call, app: App) -> None:
    answer = call("POST", f"/api/v1/players/csv_export?app_id={app.id}", base_url="http://127.0.0.1:8791")

    assert answer.json["csv_file_url"].startswith(f"http://127.0.0.1:8791/csv_exports/{app.id}/users_")
    assert answer.json["csv_file_url"].endswith("_2026-03-02.csv.gz")


def test_with_documented_limits_a_file_takes_time_and_only_one_is_made_at_once(
    new_fake: Callable[..., FakeOneSignal], clock: Clock, call: Call
) -> None:
    fake = new_fake(limits="documented")
    app = fake.create_app("Corner shop")
    call = type(call)(fake, app.rest_api_key)
    call("POST", f"/apps/{app.id}/users", {"subscriptions": [{"type": "SMS", "token": "+1"}]})
    url = call("POST", f"/players/csv_export?app_id={app.id}").json["csv_file_url"]

    other = fake.create_app("Bakery")
    early = call("GET", url)
    second = type(call)(fake, other.rest_api_key)("POST", f"/players/csv_export?app_id={other.id}")
    clock.advance(seconds=1)
    ready = call("GET", url)
    clock.advance(days=4)

    assert (early.status_code, second.status_code, ready.status_code) == (404, 429, 200)
    assert "NoSuchKey" in early.text
    assert call("GET", url).status_code == 404


@pytest.mark.parametrize(
    "more",
    [
        {"tags": {"a": "1", "b": "2", "c": "3"}},
        {"tags": {"message": "x"}},
        {"external_user_id": "x" * 129},
        {"external_user_id": "null"},
        {"device_type": 3},
        {"amount_spent": "much"},
        {"amount_spent": "nan"},
        {"lat": "inf"},
        {"device_type": "phone"},
    ],
)
def test_a_refused_player_leaves_nothing_behind(sdk: Call, app: App, fake: FakeOneSignal, more: dict[str, Any]) -> None:
    fake.set_plan(app.id, "free")
    before = fake.fingerprint()

    answer = sdk("POST", "/players", {"app_id": app.id, "device_type": 1, "identifier": "t", **more})

    assert answer.status_code == 400
    assert fake.fingerprint() == before
