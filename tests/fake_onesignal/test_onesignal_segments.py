"""Segments and the cohort door: facts/onesignal-api.md 5; facts/integration.md 2.5."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from onesignal_caller import Clock
    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

    Call = Callable[..., TestResponse]

OR = {"operator": "OR"}


def tag(key: str, value: str) -> dict[str, str]:
    return {"field": "tag", "key": key, "relation": "=", "value": value}


def person(call: Call, app: App, external_id: str, *, devices: int = 1, **properties: Any) -> None:
    tokens = [{"type": "AndroidPush", "token": f"{external_id}-{number}"} for number in range(devices)]
    body = {"identity": {"external_id": external_id}, "properties": properties, "subscriptions": tokens}
    assert call("POST", f"/apps/{app.id}/users", body).status_code == 201


def segment(call: Call, app: App, name: str, *filters: dict[str, Any]) -> TestResponse:
    return call("POST", f"/apps/{app.id}/segments", {"name": name, "filters": list(filters)})


def subscribers(call: Call, app: App, segment_id: str) -> int:
    return call("GET", f"/apps/{app.id}/segments/{segment_id}").json["subscriber_count"]


def listed(call: Call, app: App) -> dict[str, str]:
    return {one["name"]: one["id"] for one in call("GET", f"/apps/{app.id}/segments").json["segments"]}


def cohort(call: Call, app: App, add: Iterable[str] = (), remove: Iterable[str] = ()) -> TestResponse:
    path = f"/modelled/apps/{app.id}/amplitude_cohorts/c1"
    call("PUT", path, {"name": "Power users"})
    return call("POST", f"{path}/members", {"add": list(add), "remove": list(remove)})


def test_a_new_app_has_the_default_segments_which_are_read_only(call: Call, app: App) -> None:
    assert list(listed(call, app)) == [
        "Total Subscriptions",
        "Active Subscriptions",
        "Inactive Subscriptions",
        "Engaged Subscriptions",
        "All SMS Subscriptions",
        "All Email Subscriptions",
    ]
    total = listed(call, app)["Total Subscriptions"]
    assert call("DELETE", f"/apps/{app.id}/segments/{total}").status_code == 403


def test_three_subscribed_devices_count_three_and_unsubscribed_ones_nothing(call: Call, app: App) -> None:
    person(call, app, "ada", devices=3)
    body = {
        "identity": {"external_id": "bob"},
        "subscriptions": [{"type": "Email", "token": "b@c.d", "enabled": False}],
    }
    call("POST", f"/apps/{app.id}/users", body)

    assert subscribers(call, app, listed(call, app)["Total Subscriptions"]) == 3
    assert subscribers(call, app, listed(call, app)["All Email Subscriptions"]) == 0


def test_and_binds_tighter_than_or(call: Call, app: App) -> None:
    person(call, app, "ada", tags={"a": "1", "b": "2"})
    person(call, app, "bob", tags={"a": "1"})
    person(call, app, "cyd", tags={"c": "3"})

    made = segment(call, app, "mixed", tag("a", "1"), tag("b", "2"), OR, tag("c", "3"))

    assert subscribers(call, app, made.json["id"]) == 2


def test_a_segment_is_made_shown_changed_and_deleted(call: Call, app: App) -> None:
    made = segment(call, app, "Fans", tag("a", "1"))
    path = f"/apps/{app.id}/segments/{made.json['id']}"

    shown = call("GET", f"{path}?include-segment-detail=True").json["payload"]
    unnamed = call("PATCH", path, {"description": "x"})
    changed = call("PATCH", path, {"name": "Friends", "filters": [tag("b", "2")]})
    deleted = [call("DELETE", path) for _ in range(2)]

    assert made.status_code == 201
    assert (shown["name"], shown["filters"], shown["source"]) == ("Fans", [tag("a", "1")], "custom")
    assert (unnamed.status_code, changed.status_code) == (400, 200)
    assert [(one.status_code, one.json) for one in deleted] == [(200, {"success": True}), (404, {"success": False})]


def test_names_are_unique_ids_clash_and_the_plan_is_full_at_some_point(
    call: Call, app: App, fake: FakeOneSignal
) -> None:
    fake.set_plan(app.id, "free")
    first = segment(call, app, "1", tag("a", "1"))
    body = {"name": "other", "filters": [tag("a", "1")], "id": first.json["id"]}

    assert segment(call, app, "1", tag("a", "1")).json["errors"] == ["Segment name is already taken."]
    assert call("POST", f"/apps/{app.id}/segments", body).status_code == 409
    assert [segment(call, app, str(name), tag("a", "1")).status_code for name in range(2, 8)] == [201] * 5 + [422]


@pytest.mark.parametrize(
    "filters",
    [
        [],
        {},
        [OR],
        [tag("a", "1"), OR],
        [tag("a", "1"), OR, OR, tag("a", "1")],
        [{"field": "tag", "relation": "="}],
        [{"field": "tag", "key": [1], "relation": "=", "value": "1"}],
        [{"field": "shoe_size", "relation": "=", "value": "1"}],
        [{"field": "session_count", "relation": ">", "value": "many"}],
        [{"field": "language", "relation": ">", "value": "en"}],
        [{"field": "device_type", "relation": "=", "value": "Toaster"}],
        [{"field": ["x"], "relation": {}}],
        [None],
        [tag("a", "1")] * 201,
    ],
)
def test_bad_filters_are_refused_and_nothing_changes(
    call: Call, app: App, fake: FakeOneSignal, filters: list[Any]
) -> None:
    before = fake.fingerprint()

    answer = call("POST", f"/apps/{app.id}/segments", {"name": "bad", "filters": filters})

    assert answer.status_code == 400
    assert answer.json["success"] is False
    assert fake.fingerprint() == before


def test_the_active_become_inactive_after_a_week(call: Call, app: App, clock: Clock) -> None:
    person(call, app, "ada", devices=2)
    ids = listed(call, app)
    active, inactive = ids["Active Subscriptions"], ids["Inactive Subscriptions"]
    before = subscribers(call, app, active), subscribers(call, app, inactive)

    clock.advance(days=8)

    assert before == (2, 0)
    assert (subscribers(call, app, active), subscribers(call, app, inactive)) == (0, 2)


def test_a_cohort_becomes_a_segment_at_the_first_match_and_the_segment_outlives_its_members(
    call: Call, app: App
) -> None:
    person(call, app, "ada", devices=3)

    cohort(call, app, add=["nobody"])
    before = listed(call, app)
    answer = cohort(call, app, add=["ada", "Ada", "nobody"])
    segment_id = listed(call, app)["Power users"]
    filled = subscribers(call, app, segment_id)
    cohort(call, app, remove=["ada"])

    assert "Power users" not in before
    assert answer.json == {"success": True}
    assert (filled, subscribers(call, app, segment_id)) == (3, 0)
    shown = call("GET", f"/apps/{app.id}/segments/{segment_id}?include-segment-detail=true").json["payload"]
    assert shown["filters"] == [{"field": "amplitude_cohort", "relation": "in", "value": "c1"}]


def test_a_cohort_never_creates_users_and_membership_is_of_the_user(call: Call, app: App) -> None:
    person(call, app, "ada", devices=2)
    cohort(call, app, add=["ada", "bob"])
    segment_id = listed(call, app)["Power users"]
    person(call, app, "bob")
    moved = {"identity": {"external_id": "bob"}, "subscriptions": [{"type": "AndroidPush", "token": "ada-0"}]}
    call("POST", f"/apps/{app.id}/users", moved)

    assert subscribers(call, app, segment_id) == 1
    call("DELETE", f"/apps/{app.id}/users/by/external_id/ada")
    assert subscribers(call, app, segment_id) == 0


def test_a_free_app_may_not_have_cohorts(call: Call, app: App, fake: FakeOneSignal) -> None:
    fake.set_plan(app.id, "free")

    answer = cohort(call, app, add=["ada"])

    assert answer.status_code == 403
    assert answer.json == {"errors": ["App may not submit cohort updates from Amplitude"]}


def test_without_room_for_a_segment_the_cohort_is_a_filter_only(call: Call, app: App) -> None:
    person(call, app, "ada")
    for name in range(10):
        made = segment(call, app, str(name), tag("a", "1"))
    accepted = cohort(call, app, add=["ada"])
    full = listed(call, app)

    call("DELETE", f"/apps/{app.id}/segments/{made.json['id']}")
    filtered = segment(call, app, "mine", {"field": "amplitude_cohort", "relation": "in", "value": "c1"})

    assert (accepted.status_code, "Power users" in full) == (200, False)
    assert subscribers(call, app, filtered.json["id"]) == 1


def test_an_unknown_cohort_is_not_found_and_a_batch_has_a_limit(call: Call, app: App) -> None:
    path = f"/modelled/apps/{app.id}/amplitude_cohorts/c2/members"
    unknown = call("POST", path, {"add": ["ada"]})

    assert unknown.status_code == 404
    assert cohort(call, app, add=["x"] * 10_001).status_code == 400


@pytest.mark.parametrize("body", [{}, {"add": None}, {"add": "ada"}, {"remove": [1]}, {"members": ["ada"]}])
def test_a_batch_that_says_nothing_is_refused(call: Call, app: App, fake: FakeOneSignal, body: dict[str, Any]) -> None:
    cohort(call, app)
    before = fake.fingerprint()

    answer = call("POST", f"/modelled/apps/{app.id}/amplitude_cohorts/c1/members", body)

    assert (answer.status_code, fake.fingerprint()) == (400, before)


@pytest.mark.parametrize("name", ["", " ", "\0", "Power\x00users", "a\nb", "x" * 129])
def test_a_cohort_has_a_name_that_can_be_seen(call: Call, app: App, name: str) -> None:
    answer = call("PUT", f"/modelled/apps/{app.id}/amplitude_cohorts/c1", {"name": name})

    assert (answer.status_code, answer.json["errors"][0][:4]) == (400, "name")


@pytest.mark.parametrize("field", ["message_event", "custom_event"])
def test_a_user_based_filter_is_not_for_the_api(call: Call, app: App, field: str) -> None:
    answer = segment(call, app, "Buyers", {"field": field, "relation": "exists"})

    assert answer.status_code == 400
    assert answer.json["errors"][0].startswith("User-based segments (with message event or custom event filters)")


def test_a_paused_segment_says_so(call: Call, app: App, fake: FakeOneSignal) -> None:
    made = fake.create_segment(app.id, "Fans", [tag("a", "1")])

    fake.pause_segment(app.id, made.id)

    assert [one["is_active"] for one in call("GET", f"/apps/{app.id}/segments?offset=6").json["segments"]] == [False]
