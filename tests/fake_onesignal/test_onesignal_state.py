"""Whatever people do, the indexes say what the records say, and the same doings give the same world."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable

    from onesignal_caller import Clock
    from werkzeug.test import TestResponse

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.state import AppState

    Call = Callable[..., TestResponse]

NAMES = st.sampled_from(["ada", "bob", "cyd"])
IDENTITY = st.dictionaries(st.sampled_from(["external_id", "crm"]), NAMES, max_size=2)
SUBSCRIPTION = st.fixed_dictionaries(
    {"type": st.sampled_from(["iOSPush", "Email", "SMS"]), "token": st.sampled_from("abcd")},
    optional={"enabled": st.booleans(), "notification_types": st.sampled_from([1, 0, -2, -99])},
)
BY_ID = st.integers(0, 3).map(lambda number: {"id": number})
DOINGS = st.one_of(
    st.tuples(st.just("upsert"), IDENTITY, st.lists(SUBSCRIPTION | BY_ID, max_size=3)),
    st.tuples(st.just("delete user"), NAMES),
    st.tuples(st.just("delete subscription"), st.integers(0, 3)),
    st.tuples(st.just("change"), st.integers(0, 3), SUBSCRIPTION),
    st.tuples(st.just("move"), st.integers(0, 3), NAMES),
    st.tuples(st.just("alias"), NAMES, IDENTITY),
    st.tuples(st.just("unalias"), NAMES, st.sampled_from(["external_id", "crm"])),
    st.tuples(st.just("player"), st.sampled_from("abcd"), st.sampled_from(["ada", "bob", "", "1", "null"])),
    st.tuples(st.just("cohort"), st.lists(NAMES), st.lists(NAMES)),
)


def do(call: Call, state: AppState, doing: tuple[Any, ...]) -> TestResponse:
    ids = [*state.subscriptions, *["unknown"] * 4]
    people = f"/apps/{state.app.id}/users"
    devices = f"/apps/{state.app.id}/subscriptions"
    cohort = f"/modelled/apps/{state.app.id}/amplitude_cohorts/c"
    match doing:
        case ("upsert", identity, wanted):
            wanted = [{"id": ids[one["id"]]} if "id" in one else one for one in wanted]
            asked = ("POST", people, {"identity": identity, "subscriptions": wanted})
        case ("delete user", name):
            asked = ("DELETE", f"{people}/by/external_id/{name}", None)
        case ("delete subscription", number):
            asked = ("DELETE", f"{devices}/{ids[number]}", None)
        case ("change", number, fields):
            asked = ("PATCH", f"{devices}/{ids[number]}", {"subscription": fields})
        case ("move", number, name):
            asked = ("PATCH", f"{devices}/{ids[number]}/owner", {"identity": {"external_id": name}})
        case ("alias", name, identity):
            asked = ("PATCH", f"{people}/by/external_id/{name}/identity", {"identity": identity})
        case ("unalias", name, label):
            asked = ("DELETE", f"{people}/by/external_id/{name}/identity/{label}", None)
        case ("player", token, name):
            body = {"app_id": state.app.id, "device_type": 0, "identifier": token, "external_user_id": name}
            asked = ("POST", "/players", body)
        case (_, add, remove):
            call("PUT", cohort, {"name": "Cohort"})
            asked = ("POST", f"{cohort}/members", {"add": add, "remove": remove})
    return call(*asked)


def indexes(state: AppState) -> dict[str, Any]:
    return {
        "aliases": {label: values for label, values in state.aliases.items() if values},
        "tokens": {type_: tokens for type_, tokens in state.tokens.items() if tokens},
        "subscribed": {type_: count for type_, count in state.subscribed_by_type.items() if count},
        "held": {user.onesignal_id: sorted(user.subscription_ids) for user in state.users.values()},
        "reachable": {user.onesignal_id: user.subscribed for user in state.users.values()},
    }


def recounted(state: AppState) -> dict[str, Any]:
    seen: dict[str, Any] = {"aliases": {}, "tokens": {}, "subscribed": {}, "held": {}, "reachable": {}}
    for user in state.users.values():
        seen["held"][user.onesignal_id], seen["reachable"][user.onesignal_id] = [], 0
        for label, value in user.aliases.items():
            seen["aliases"].setdefault(label, {})[value] = user.onesignal_id
    for one in sorted(state.subscriptions.values(), key=lambda one: one.id):
        seen["held"][one.onesignal_id].append(one.id)
        seen["reachable"][one.onesignal_id] += one.is_subscribed
        if one.token:
            seen["tokens"].setdefault(one.type, {})[one.token] = one.id
        if one.is_subscribed:
            seen["subscribed"][one.type] = seen["subscribed"].get(one.type, 0) + 1
    return seen


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(doings=st.lists(DOINGS, max_size=12))
def test_the_indexes_always_say_what_the_records_say(
    new_fake: Callable[..., FakeOneSignal], call: Call, doings: list[tuple[Any, ...]]
) -> None:
    fake = new_fake()
    app = fake.create_app("Corner shop")
    state = fake.world.apps[app.id]
    call = type(call)(fake, app.rest_api_key)
    for doing in doings:
        before = fake.fingerprint()

        answer = do(call, state, doing)

        assert answer.status_code < 500
        assert indexes(state) == recounted(state)
        assert all(user.aliases or user.subscription_ids for user in state.users.values())
        assert all(member in state.users for members in state.cohort_members.values() for member in members)
        if answer.status_code >= 400 and doing[0] != "cohort":
            assert fake.fingerprint() == before


STORY = """
from datetime import UTC, datetime
from random import Random
from uuid import UUID
import requests
from werkzeug.test import Client
from fake_onesignal import FakeOneSignal
random = Random(7)
fake = FakeOneSignal(
    now=lambda: datetime(2026, 3, 2, tzinfo=UTC),
    ids=lambda: str(UUID(int=random.getrandbits(128), version=4)),
    random=random,
    session=requests.Session(),
)
app = fake.create_app("Corner shop")
for number in range(40):
    subscriptions = [{"type": type_, "token": f"{number % 30}"} for type_ in ("Email", "SMS", "iOSPush")]
    body = {"identity": {"external_id": f"u{number}"}, "subscriptions": subscriptions}
    Client(fake).post(f"/apps/{app.id}/users", json=body)
print(fake.fingerprint())
"""


def test_the_same_seed_gives_the_same_world_in_another_process() -> None:
    digests = {
        subprocess.run(  # noqa: S603 - our own text, our own interpreter
            [sys.executable, "-c", STORY], check=True, capture_output=True, env={"PYTHONHASHSEED": seed}, text=True
        ).stdout
        for seed in ("1", "2")
    }

    assert len(digests) == 1
    assert len(digests.pop().strip()) == 64


def test_the_clock_and_nothing_else_dates_a_user(new_fake: Callable[..., FakeOneSignal], clock: Clock) -> None:
    first = new_fake()
    first.create_app("Corner shop")
    clock.advance(days=1)
    second = new_fake()
    second.create_app("Corner shop")

    assert first.fingerprint() != second.fingerprint()
