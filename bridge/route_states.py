"""Remembers for all workers and over every restart which route rests and which one is stopped."""

from __future__ import annotations

from dataclasses import dataclass, replace
from hashlib import sha256
from typing import TYPE_CHECKING

from sqlalchemy import select

from bridge.records import Direction, from_microseconds, to_microseconds
from bridge.statements import Statement, writing
from bridge.tables import routes

if TYPE_CHECKING:
    from datetime import datetime

    from bridge.database import Database

RouteName = tuple[str, Direction]


@dataclass(frozen=True, slots=True)
class RouteState:
    """How one direction of one connection is doing; `stopped_key` is the digest of the credential that was refused."""

    failures: int = 0
    rests_until: datetime | None = None
    stopped_because: str | None = None
    stopped_key: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Say whether something may be sent now."""
        return self.stopped_because is None and (self.rests_until is None or self.rests_until <= now)


class RouteStates:
    """The states of all routes, shared by the workers of one database.

    A stop is for the credential that was refused: with another one in the settings it no longer holds.
    """

    def __init__(self, database: Database, keys: dict[RouteName, str]) -> None:
        self._database = database
        self._digests = {route: sha256(key.encode()).hexdigest()[:16] for route, key in keys.items()}
        self._known: dict[RouteName, RouteState] = {}
        self._read()

    def of(self, route: RouteName) -> RouteState:
        """Answer the newest state of a route; costs a query only where other processes may have changed it."""
        if self._database.is_shared:
            self._read()
        return self._known.get(route, _FRESH)

    def stopped(self) -> dict[RouteName, str]:
        """Answer which routes are stopped, and why."""
        reasons = {route: self.of(route).stopped_because for route in self._digests}
        return {route: why for route, why in reasons.items() if why is not None}

    def stop(self, route: RouteName, why: str) -> None:
        """Let nothing leave on this route until it is resumed or has another credential."""
        self._write(route, replace(self.of(route), stopped_because=why, stopped_key=self._digests[route]))

    def rest(self, route: RouteName, until: datetime) -> None:
        """Let the route rest after one failure more; another worker's longer rest is not shortened."""
        state = self.of(route)
        longest = until if state.rests_until is None else max(until, state.rests_until)
        self._write(route, replace(state, failures=state.failures + 1, rests_until=longest))

    def went_well(self, route: RouteName, *, pauses_until: datetime | None = None) -> None:
        """Begin to count failures anew; a rest that another worker was asked for stays, and a pause is no failure."""
        state = self._known.get(route, _FRESH)
        if state.failures or pauses_until is not None:
            state = self.of(route)
            pauses_until = max((each for each in (state.rests_until, pauses_until) if each), default=None)
            self._write(route, replace(state, failures=0, rests_until=pauses_until))

    def resume(self, connection: str) -> None:
        """Forget rests and stops of a connection."""
        for route in self._digests:
            if route[0] == connection and self.of(route) != _FRESH:
                self._write(route, _FRESH)

    def _read(self) -> None:
        with self._database.transaction() as transaction:
            rows = _ALL.all(transaction, {})
        self._known = {(row[0], row[1]): self._as_state(*row) for row in rows}

    def _as_state(
        self,
        connection: str,
        direction: Direction,
        failures: int,
        rests_until: int | None,
        *stopped: str | None,
    ) -> RouteState:
        state = RouteState(failures, None if rests_until is None else from_microseconds(rests_until))
        because, key = stopped
        if key != self._digests.get((connection, direction)):
            return state
        return replace(state, stopped_because=because, stopped_key=key)

    def _write(self, route: RouteName, state: RouteState) -> None:
        until = None if state.rests_until is None else to_microseconds(state.rests_until)
        row = {
            "connection": route[0],
            "direction": route[1],
            "failures": state.failures,
            "rests_until": until,
            "stopped_because": state.stopped_because,
            "stopped_key": state.stopped_key,
        }
        with self._database.transaction() as transaction:
            _WRITE.run(transaction, row)
        self._known[route] = state


_FRESH = RouteState()


_ALL = Statement(lambda _: select(routes))
_WRITE = writing(routes, replace=("failures", "rests_until", "stopped_because", "stopped_key"))
