"""Plays a scenario in processes that are killed at the n-th moment around a durable write, and then to its end.

`python bridge_crashing.py AMPLITUDE_URL ONESIGNAL_URL` reads lines `DATABASE MOMENT` and answers each with `killed` or
`ended`: whether the first process came to its end before that moment. Odd moments are right before a commit, with all
that was sent since the last one; even moments are right after it.
"""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import traceback
from datetime import UTC, datetime

from bridge_world import make_connection
from sqlalchemy import Engine, event
from werkzeug.test import Client

from bridge import Bridge, Settings
from bridge.deployed import outgoing_session

HEADERS = {"Authorization": "Bearer door-secret"}
NEVER = 10**9
_moments_left = NEVER


class DyingConnection(sqlite3.Connection):
    """A connection to SQLite that takes its process with it."""

    def commit(self) -> None:
        if not self.in_transaction:
            return super().commit()
        _pass_a_moment()
        super().commit()
        return _pass_a_moment()


def _pass_a_moment() -> None:
    global _moments_left  # noqa: PLW0603  # a process has one life
    _moments_left -= 1
    if _moments_left == 0:
        os.kill(os.getpid(), signal.SIGKILL)


@event.listens_for(Engine, "do_connect")
def _connect(_dialect: object, _record: object, _arguments: object, options: dict[str, object]) -> None:
    options["factory"] = DyingConnection


def live(settings: Settings, moments: int) -> None:
    """Live in this process until the given moment, or to the end of the scenario."""
    global _moments_left  # noqa: PLW0603
    _moments_left = moments
    with outgoing_session(settings) as session:
        moment = datetime(2026, 3, 10, 12, tzinfo=UTC)
        bridge = Bridge(settings, now=lambda: moment, ids=lambda: "list-1", session=session)
        play(bridge)
        bridge.close()


def play(bridge: Bridge) -> None:
    """Be both vendors, who repeat whatever was not acknowledged: the whole story from its beginning."""
    client = Client(bridge)

    def post(path: str, body: object) -> dict[str, object]:
        answer = client.post(f"/connections/shop{path}", headers=HEADERS, json=body)
        assert answer.status_code == 200, answer.text
        return dict(answer.json)

    for number in range(6):
        event_of_user = {
            "event.kind": "message.push.sent",
            "event.id": f"e{number}",
            "event.timestamp": 1_773_144_000 + number,
            "event.external_id": f"user-{number % 2}",
        }
        post("/message-events", event_of_user)
        if number == 3:
            bridge.run_due()
    list_id = post("/cohorts/lists", {"name": "[Amplitude] Power users: c1"})["listId"]
    post(f"/cohorts/lists/{list_id}/add", {"userIds": ["user-0", "user-1"]})
    bridge.run_due()
    post(f"/cohorts/lists/{list_id}/remove", {"userIds": ["user-0"]})
    bridge.run_due()


def in_a_process(settings: Settings, moments: int) -> bool:
    """Answer whether a process of its own came to the end of the scenario."""
    child = os.fork()
    if child == 0:
        try:
            live(settings, moments)
        except BaseException:  # noqa: BLE001  # a forked process must not go on as its parent
            traceback.print_exc()
            os._exit(1)
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert status in (0, signal.SIGKILL), f"the process failed: {status}"
    return status == 0


def main(amplitude_url: str, onesignal_url: str) -> None:
    gateways = {"https://api2.amplitude.com": amplitude_url, "https://api.onesignal.com": onesignal_url}
    for line in sys.stdin:
        database, moment = line.rsplit(maxsplit=1)
        settings = Settings((make_connection(),), outbox_url=f"sqlite:///{database}", gateways=gateways)
        ended = in_a_process(settings, int(moment))
        assert in_a_process(settings, NEVER)
        print("ended" if ended else "killed", flush=True)  # noqa: T201  # this is how it answers


if __name__ == "__main__":
    main(*sys.argv[1:])
