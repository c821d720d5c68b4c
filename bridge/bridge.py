"""Puts the bridge together: its doors, its outbox, and a relay with three routes for each connection."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from bridge.connecting import Surroundings, connect
from bridge.database import Database
from bridge.desk import Desk
from bridge.doors import ConnectionDoors, answer_at_the_door
from bridge.leases import Leases
from bridge.ledger import Ledger
from bridge.metrics import Numbers
from bridge.onesignal_events import REMEMBERS_FOR as ONESIGNAL_REMEMBERS_FOR
from bridge.operations import OPERATIONS, Operations
from bridge.outbox import Outbox
from bridge.relay import Relay, Route
from bridge.retention import Retention
from bridge.retry import AMPLITUDE_REMEMBERS_FOR
from bridge.route_states import RouteName, RouteStates

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime

    import requests
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.records import Delivery, State, Status
    from bridge.settings import Connection, Settings


class Bridge:
    """The engine between OneSignal and Amplitude: a WSGI callable that remembers, and `run_due` that delivers.

    `now` answers an aware moment in UTC, `ids` a new UUIDv4 as text, and `session` carries every outgoing call. Who
    calls `run_due` when `next_due` says so is the owner's business; doors and `run_due` may run in different threads.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        now: Callable[[], datetime],
        ids: Callable[[], str],
        session: requests.Session,
    ) -> None:
        self._names = tuple(connection.name for connection in settings.connections)
        self._database = Database(settings.outbox_url)
        self._ledger = Ledger(self._database)
        self._leases = Leases(self._database, worker=ids(), now=now) if self._database.has_workers else None
        self._outbox = Outbox(self._database, maximum=settings.outbox_maximum, now=now, leases=self._leases)
        self._doors: dict[str, ConnectionDoors] = {}
        routes: list[Route] = []
        shared = Surroundings(self._database, self._outbox, now=now, ids=ids, session=session)
        for connection in settings.connections:
            doors = connect(connection, shared)
            self._doors[connection.name] = doors
            routes.append(Route(connection.name, "events", doors.message_events, AMPLITUDE_REMEMBERS_FOR))
            routes.append(Route(connection.name, "cohorts", doors.cohort_changes))
            routes.append(Route(connection.name, "custom_events", doors.custom_events, ONESIGNAL_REMEMBERS_FOR))
        self._states = RouteStates(self._database, _credentials(settings.connections))
        self._relay = Relay(self._outbox, routes, states=self._states, now=now)
        self._retention = Retention(
            self._database,
            kept_for=timedelta(days=settings.retention_days),
            known_for=timedelta(days=settings.event_memory_days),
            now=now,
        )
        self.desk = Desk(self._doors, database=self._database, ledger=self._ledger, outbox=self._outbox, now=now)
        numbers = Numbers(self._database, status=self.status, oldest=self._outbox.oldest)
        self._operations = Operations(self._outbox.waiting, numbers)

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        """Answer a request; what is acknowledged with 200 is on disk, and nothing is sent out meanwhile."""
        environ[OPERATIONS] = self._operations
        return answer_at_the_door(self._doors, environ, start_response)

    def run_due(self) -> int:
        """Pull and send what is due now; answers how many steps were taken and deliveries answered."""
        return self._pull_due() + self._relay.run_due()

    def run_round(self) -> int:
        """Pull what is due, and send one round on each route; for an owner who must be able to stop in between."""
        return self._pull_due() + self._relay.run_round()

    def next_due(self) -> datetime | None:
        """Answer when there is something to pull or send again; None when there is nothing in sight."""
        moments = [self._relay.next_due(), *(doors.cohort_pulls.next_due() for doors in self._doors.values())]
        return min((moment for moment in moments if moment is not None), default=None)

    def fingerprint(self) -> str:
        """Answer a SHA-256 over all that is stored."""
        return self._ledger.fingerprint()

    def status(self) -> Status:
        """Answer the account of every connection: what came, what became of it, and what is stopped."""
        return self._ledger.status(self._names, self._states.stopped())

    def deliveries(self, *, state: State | None = None, user: str | None = None) -> Iterator[Delivery]:
        """Read single deliveries in the order of their arrival; `user` is an external id."""
        return self._ledger.deliveries(state=state, user=user)

    def resume(self, connection: str) -> None:
        """Try a stopped connection again, once its credentials have been mended."""
        self._states.resume(connection)

    def stopped(self) -> dict[RouteName, str]:
        """Answer which routes are stopped until their credentials are mended, and why."""
        return self._states.stopped()

    def keep_leases(self) -> None:
        """Say that this worker is alive, several times within `leases.ALIVE_FOR`; nothing to say on SQLite."""
        if self._leases is not None:
            self._leases.keep()

    def forget(self) -> int:
        """Delete what was finished longer ago than the settings keep it; answers how many deliveries."""
        return self._retention.forget()

    def close(self) -> None:
        """Let go of the database; nothing is lost, whatever is waiting goes on when it is opened again."""
        if self._leases is not None:
            self._leases.leave()
        for doors in self._doors.values():
            doors.cohort_changes.close()
        self._database.close()

    def _pull_due(self) -> int:
        return sum(doors.cohort_pulls.run_due() for doors in self._doors.values())


def _credentials(connections: Iterable[Connection]) -> dict[RouteName, str]:
    """Answer with which credential each route goes out."""
    keys: dict[RouteName, str] = {}
    for connection in connections:
        keys[connection.name, "events"] = connection.amplitude.api_key
        keys[connection.name, "cohorts"] = connection.onesignal.rest_api_key
        keys[connection.name, "custom_events"] = connection.onesignal.rest_api_key
    return keys
