"""Eight clients at once, through real sockets: no update is lost, nothing is counted twice."""

from __future__ import annotations

import http.client
import json
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from onesignal_sockets import served

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from onesignal_caller import Caller

    from fake_onesignal import FakeOneSignal
    from fake_onesignal.records import App

THREADS = 8
ROUNDS = 40


@pytest.fixture(autouse=True)
def impatient_threads() -> Iterator[None]:
    """Let threads take turns so often that a missing lock shows."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(before)


def at_once(fake: FakeOneSignal, app: App, do: Callable[[Any, int], list[int]]) -> list[int]:
    """Run `do(send, number)` in eight threads, each with a connection of its own; gives all statuses."""
    headers = {"Authorization": f"Key {app.rest_api_key}", "Content-Type": "application/json"}

    def work(number: int) -> list[int]:
        connection = http.client.HTTPConnection(urlsplit(url).netloc, timeout=30)

        def send(method: str, path: str, body: Any) -> int:
            connection.request(method, path, json.dumps(body), headers)
            answer = connection.getresponse()
            answer.read()
            return answer.status

        try:
            return do(send, number)
        finally:
            connection.close()

    with served(fake, threads=THREADS) as url, ThreadPoolExecutor(THREADS) as pool:
        return [status for statuses in pool.map(work, range(THREADS)) for status in statuses]


def test_sessions_and_tags_of_one_user_are_all_kept(call: Caller, app: App) -> None:
    call.fake.set_plan(app.id, "enterprise")
    body = {
        "identity": {"external_id": "ada"},
        "subscriptions": [{"type": "iOSPush", "token": "t", "session_count": 1}],
    }
    call("POST", f"/apps/{app.id}/users", body)
    path = f"/apps/{app.id}/users/by/external_id/ada"

    def visit(send: Any, number: int) -> list[int]:
        tags = [{"tags": {f"{number}-{turn}": "1"}} for turn in range(ROUNDS)]
        return [send("PATCH", path, {"properties": one, "deltas": {"session_count": 1}}) for one in tags]

    statuses = at_once(call.fake, app, visit)

    user = call("GET", path).json
    assert set(statuses) == {202}
    assert len(user["properties"]["tags"]) == THREADS * ROUNDS
    assert user["subscriptions"][0]["session_count"] == 1 + THREADS * ROUNDS


def test_the_same_names_are_made_once_and_segments_count_every_device(call: Caller, app: App) -> None:
    def register(send: Any, number: int) -> list[int]:
        bodies = [
            {
                "identity": {"external_id": f"user-{turn}"},
                "subscriptions": [{"type": "AndroidPush", "token": f"{number}-{turn}"}],
            }
            for turn in range(ROUNDS)
        ]
        return [send("POST", f"/apps/{app.id}/users", body) for body in bodies]

    statuses = at_once(call.fake, app, register)

    assert (statuses.count(201), statuses.count(202)) == (ROUNDS, (THREADS - 1) * ROUNDS)
    assert call.fake.world.apps[app.id].subscribed == THREADS * ROUNDS
    assert len(call.fake.dashboard.audience(app.id, "All")) == THREADS * ROUNDS


def test_one_device_that_all_want_ends_with_one_owner(call: Caller, app: App) -> None:
    def claim(send: Any, number: int) -> list[int]:
        body = {
            "identity": {"external_id": f"user-{number}"},
            "subscriptions": [{"type": "iOSPush", "token": "shared"}],
        }
        return [send("POST", f"/apps/{app.id}/users", body) for _ in range(ROUNDS)]

    statuses = at_once(call.fake, app, claim)

    state = call.fake.world.apps[app.id]
    owners = [user for user in state.users.values() if user.subscription_ids]
    assert set(statuses) <= {200, 201, 202}
    assert (len(state.users), len(owners), state.subscribed) == (THREADS, 1, 1)
