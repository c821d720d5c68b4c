"""Whose a lane is: with several workers on one database, a lane is leased to one of them at a time."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import ARRAY, ColumnElement, Connection, String, and_, bindparam, delete, func, literal, select
from sqlalchemy.dialects.postgresql import insert

from bridge.records import to_microseconds
from bridge.tables import lane_leases, workers

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from bridge.database import Database
    from bridge.records import Direction

ALIVE_FOR = timedelta(seconds=60)

_Route = tuple[str, "Direction"]


class Leases:
    """The leases of one worker, on PostgreSQL.

    A worker takes the lanes of what it claims and lets them go with what became of it. It is believed to be alive for
    ALIVE_FOR after it last said so, by the constructor's `now` (workers' clocks must agree within some seconds); after
    that its lanes may be taken by another, and then whatever it says of them no longer counts.
    """

    def __init__(self, database: Database, *, worker: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self.worker = worker
        self._now = now

    def keep(self) -> None:
        """Say that this worker is alive; to be called well within ALIVE_FOR while a round of sending lasts."""
        with self._database.transaction() as transaction:
            self._say_alive(transaction)

    def leave(self) -> None:
        """Let everything go: this worker will not come back."""
        with self._database.transaction() as transaction:
            transaction.execute(delete(lane_leases).where(_lease.worker == self.worker))
            transaction.execute(delete(workers).where(_worker.name == self.worker))

    def begin_claim(self, transaction: Connection, route: _Route) -> None:
        """Let one worker at a time claim on a route: two claims at once could each take a part of one lane."""
        transaction.execute(_LOCK_ROUTE, {"route": "/".join(route)})
        self._say_alive(transaction)

    def take(self, transaction: Connection, route: _Route, lanes: Collection[str]) -> None:
        """Lease these lanes; whoever held them is no longer believed to be alive."""
        wanted = {"of": route[0], "to": route[1], "who": self.worker, "lanes": sorted(set(lanes))}
        transaction.execute(_TAKE, wanted)

    def let_go(self, transaction: Connection, route: _Route) -> set[str]:
        """Give the route's lanes back, and answer which of them were this worker's until now."""
        mine = delete(lane_leases).where(_on(route), _lease.worker == self.worker).returning(_lease.lane)
        return set(transaction.scalars(mine))

    def next_over(self, transaction: Connection, route: _Route) -> int | None:
        """Answer when the next of the other workers on this route is no longer believed to be alive."""
        held = select(_lease.worker).where(_on(route), _lease.worker != self.worker)
        alive = _worker.alive_until > to_microseconds(self._now())
        moment: int | None = transaction.scalar(
            select(func.min(_worker.alive_until)).where(_worker.name.in_(held), alive)
        )
        return moment

    def _say_alive(self, transaction: Connection) -> None:
        until = to_microseconds(self._now() + ALIVE_FOR)
        transaction.execute(_SAY_ALIVE, {"name": self.worker, "alive_until": until})


_lease = lane_leases.c
_worker = workers.c
# whose worker is not believed to be alive any more does not hold his lanes
LANES_OF_OTHERS = (
    select(_lease.lane)
    .join(workers, _worker.name == _lease.worker)
    .where(
        _lease.connection == bindparam("connection"),
        _lease.direction == bindparam("direction"),
        _lease.worker != bindparam("worker"),
        _worker.alive_until > bindparam("now"),
    )
)
_LOCK_ROUTE = select(func.pg_advisory_xact_lock(func.hashtextextended(bindparam("route", type_=String), literal(0))))
_new_worker = insert(workers)
_SAY_ALIVE = _new_worker.on_conflict_do_update(
    index_elements=[_worker.name],
    set_={"alive_until": func.greatest(_worker.alive_until, _new_worker.excluded.alive_until)},
)
_new_leases = insert(lane_leases).from_select(
    ["connection", "direction", "lane", "worker"],
    select(
        bindparam("of", type_=String),
        bindparam("to", type_=String),
        func.unnest(bindparam("lanes", type_=ARRAY(String))),
        bindparam("who", type_=String),
    ),
)
_TAKE = _new_leases.on_conflict_do_update(
    index_elements=list(lane_leases.primary_key), set_={"worker": _new_leases.excluded.worker}
)


def _on(route: _Route) -> ColumnElement[bool]:
    return and_(_lease.connection == route[0], _lease.direction == route[1])
