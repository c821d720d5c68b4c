"""Limits on the clock: over each one 429 with Retry-After, and when that has passed 2xx again (8.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from onesignal_caller import Caller, Clock

from fake_onesignal import limits
from fake_onesignal.idleness import IDLE_AFTER_S
from fake_onesignal.routes import players

if TYPE_CHECKING:
    from collections.abc import Callable

    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal

FLAT = {"errors": ["API rate limit exceeded"]}
PER_DEVICE = {"errors": ["API rate limit exceeded"], "limit": "Subscription/User Update Per Device"}
STRUCTURED = {"errors": [{"code": "Rate Limit Exceeded", "title": "API rate limit exceeded"}]}
ADA = {"identity": {"external_id": "ada"}, "subscriptions": [{"type": "iOSPush", "token": "t"}]}
PHONE = {"subscription": {"type": "iOSPush", "token": "u"}}
USER = "/apps/{app}/users/by/external_id/ada"
OWN = {"identity": {"external_id": "ada"}}
WRITES = [
    ("POST", "/apps/{app}/users", ADA),
    ("PATCH", USER, {"properties": {"language": "en"}}),
    ("DELETE", USER, None),
    ("POST", USER + "/subscriptions", PHONE),
    ("PATCH", USER + "/identity", OWN),
    ("DELETE", USER + "/identity/external_id", None),
    ("PATCH", "/apps/{app}/subscriptions/{device}", {"subscription": {"app_version": "2"}}),
    ("PATCH", "/apps/{app}/subscriptions/{device}/owner", OWN),
    ("PATCH", "/apps/{app}/subscriptions/{device}/user/identity", OWN),
    ("PATCH", "/apps/{app}/subscriptions_by_token/iOSPush/t", {"subscription": {"app_version": "2"}}),
    ("DELETE", "/apps/{app}/subscriptions/{device}", None),
    ("POST", "/players", {"app_id": "{app}", "device_type": 0, "identifier": "t"}),
    ("PUT", "/players/{device}", {"app_id": "{app}", "game_version": "2"}),
    ("DELETE", "/players/{device}?app_id={app}", None),
    ("PUT", "/apps/{app}/users/ada", {"tags": {"a": "1"}}),
]
UPDATES = [WRITES[1], WRITES[6], WRITES[9], WRITES[12], WRITES[14]]
VIEWS = [("GET", USER, None), ("GET", "/players?app_id={app}", None)]


class Busy:
    """An app of a fake with documented limits, one user with one phone, and a call about them."""

    def __init__(self, fake: FakeOneSignal, clock: Clock) -> None:
        self.fake, self.clock = fake, clock
        self.app = fake.create_app("Corner shop")
        self.call = Caller(fake, self.app.rest_api_key)
        made = self.call("POST", f"/apps/{self.app.id}/users", ADA)
        self.device = made.json["subscriptions"][0]["id"]
        clock.advance(seconds=1.5)

    def ask(self, asked: tuple[str, str, Any]) -> TestResponse:
        method, path, body = asked
        if body and "app_id" in body:
            body = {**body, "app_id": self.app.id}
        return self.call(method, path.format(app=self.app.id, device=self.device), body)

    def wait(self, answer: TestResponse) -> None:
        self.clock.advance(seconds=int(answer.headers["Retry-After"]))


@pytest.fixture
def busy(new_fake: Callable[..., FakeOneSignal], clock: Clock) -> Busy:
    return Busy(new_fake(limits="documented"), clock)


@pytest.mark.parametrize("asked", WRITES, ids=lambda one: f"{one[0]} {one[1]}")
def test_an_app_has_a_thousand_writes_a_second_for_people(
    busy: Busy, monkeypatch: pytest.MonkeyPatch, asked: tuple[str, str, Any]
) -> None:
    monkeypatch.setattr(limits, "WRITES_PER_S", 3)
    for number in range(3):
        body = {"identity": {"external_id": f"somebody-{number}"}}
        assert busy.call("POST", f"/apps/{busy.app.id}/users", body).status_code == 201
    before = busy.fake.fingerprint()

    refused = busy.ask(asked)
    untouched = busy.fake.fingerprint() == before
    busy.wait(refused)

    assert (refused.status_code, refused.json, untouched) == (429, FLAT, True)
    assert busy.ask(asked).status_code < 300


def test_the_documented_number_of_writes_is_a_thousand() -> None:
    assert limits.WRITES_PER_S == 1_000


@pytest.mark.parametrize("asked", UPDATES, ids=lambda one: f"{one[0]} {one[1]}")
def test_a_user_and_a_subscription_have_one_update_a_second(busy: Busy, asked: tuple[str, str, Any]) -> None:
    assert busy.ask(asked).status_code < 300

    refused = busy.ask(asked)
    busy.clock.advance(seconds=0.9)
    too_early = busy.ask(asked)
    busy.clock.advance(seconds=0.1)

    assert (refused.status_code, refused.headers["Retry-After"], refused.json) == (429, "1", PER_DEVICE)
    assert too_early.status_code == 429
    assert busy.ask(asked).status_code < 300


def test_an_app_has_one_view_of_users_a_second(busy: Busy) -> None:
    for asked in VIEWS:
        assert busy.ask(asked).status_code == 200
        refused = busy.ask(asked)
        busy.wait(refused)

        assert (refused.status_code, refused.json) == (429, FLAT)
    assert busy.ask(VIEWS[0]).status_code == 200


def test_in_the_words_of_the_docs_a_429_of_the_user_api_is_structured(
    new_fake: Callable[..., FakeOneSignal], clock: Clock
) -> None:
    busy = Busy(new_fake(limits="documented", profile="docs"), clock)
    busy.ask(UPDATES[0])

    assert busy.ask(UPDATES[0]).json == STRUCTURED


def test_apps_do_not_spend_each_others_limits(busy: Busy) -> None:
    other = busy.fake.create_app("Other shop")
    busy.ask(VIEWS[0])

    path = f"/apps/{other.id}/users/by/external_id/ada"

    assert Caller(busy.fake, other.rest_api_key)("GET", path).status_code == 404


def test_players_are_not_listed_in_an_app_with_more_users_than_that(
    busy: Busy, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert players.LISTABLE_USERS_MAX == 80_000
    monkeypatch.setattr(players, "LISTABLE_USERS_MAX", 0)

    assert busy.ask(VIEWS[1]).status_code == 400


@pytest.mark.parametrize(("plan", "left"), [("free", ["Email"]), ("growth", ["iOSPush", "Email"])])
def test_on_the_free_plan_a_device_idle_for_18_months_is_deleted_and_an_address_stays(
    fake: FakeOneSignal, clock: Clock, plan: Any, left: list[str]
) -> None:
    app = fake.create_app("Corner shop", plan=plan)
    call = Caller(fake, app.rest_api_key)
    call(
        "POST",
        f"/apps/{app.id}/users",
        {**ADA, "subscriptions": [*ADA["subscriptions"], {"type": "Email", "token": "a@b.c"}]},
    )
    clock.advance(seconds=IDLE_AFTER_S - 1)
    assert fake.run_due() == 0

    clock.advance(seconds=1)
    fake.run_due()

    held = call("GET", f"/apps/{app.id}/users/by/external_id/ada").json["subscriptions"]
    assert [one["type"] for one in held] == left


def test_a_device_that_is_used_is_idle_later_and_the_service_says_when(fake: FakeOneSignal, clock: Clock) -> None:
    app = fake.create_app("Corner shop", plan="free")
    call = Caller(fake, app.rest_api_key)
    device = call("POST", f"/apps/{app.id}/users", ADA).json["subscriptions"][0]["id"]
    clock.advance(days=30)
    used = clock()
    call("POST", f"/players/{device}/on_session", {"app_id": app.id})
    clock.advance(seconds=IDLE_AFTER_S - 86_400)

    assert fake.run_due() == 0
    assert fake.next_due().timestamp() == used.timestamp() + IDLE_AFTER_S
    clock.time = fake.next_due()
    assert fake.run_due() == 1
    assert call("GET", f"/apps/{app.id}/users/by/external_id/ada").json["subscriptions"] == []


def test_an_anonymous_user_goes_with_the_idle_device(fake: FakeOneSignal, clock: Clock) -> None:
    app = fake.create_app("Corner shop", plan="free")
    Caller(fake, None)("POST", f"/apps/{app.id}/users", {"subscriptions": ADA["subscriptions"]})
    clock.advance(seconds=IDLE_AFTER_S)

    assert fake.run_due() == 1
    assert not fake.world.apps[app.id].users
    assert fake.next_due() is None


def test_a_device_whose_owner_says_that_it_was_idle_for_long_is_deleted_soon(fake: FakeOneSignal, clock: Clock) -> None:
    app = fake.create_app("Free shop", plan="free")
    device = {"app_id": app.id, "device_type": 0, "identifier": "t", "last_active": 1395096859}
    Caller(fake, None)("POST", "/players", device)

    due = fake.next_due()

    assert due is not None
    assert due <= clock()
    assert (fake.run_due(), fake.world.apps[app.id].subscriptions) == (1, {})
