"""Keeps what the bridge still owes, in the order in which it came, until it is delivered or buried."""

from __future__ import annotations

from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import Connection, and_, bindparam, func, insert, literal_column, null, select, update
from sqlalchemy.exc import IntegrityError

from bridge.errors import OutboxFull
from bridge.records import (
    ClaimedDelivery,
    Direction,
    NewDelivery,
    Outcomes,
    Postponed,
    from_microseconds,
    to_microseconds,
)
from bridge.tables import deliveries, ignored, is_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from datetime import datetime

    from bridge.database import Database

ALREADY_RECEIVED = "already received"


class Outbox:
    """Deliveries of one lane leave in the order in which they came; lanes run side by side.

    A postponed delivery holds back the later ones of its own lane and nobody else.
    """

    def __init__(self, database: Database, *, maximum: int, now: Callable[[], datetime]) -> None:
        self._database = database
        self._maximum = maximum
        self._now = now
        self._counting = Lock()
        with database.transaction() as transaction:
            self._waiting = transaction.scalar(select(func.count()).where(is_waiting)) or 0

    def put(
        self,
        connection: str,
        direction: Direction,
        arrivals: Sequence[NewDelivery],
        *,
        passed_over: Mapping[str, int] | None = None,
    ) -> bool:
        """Store all of them, and count what was passed over for which reason; on disk when this returns.

        Answers False, and counts it, when their source was stored before. Raises OutboxFull.
        """
        created_at = to_microseconds(self._now())
        rows = [_as_row(connection, direction, arrival, created_at) for arrival in arrivals]
        waiting = sum(1 for arrival in arrivals if arrival.buried_because is None)
        if self._waiting + waiting > self._maximum:
            raise OutboxFull(self._maximum)
        try:
            with self._database.transaction() as transaction:
                if rows:
                    transaction.execute(_INSERT, rows)
                for reason, times in (passed_over or {}).items():
                    _count_ignored(transaction, (connection, direction), reason, times)
        except IntegrityError:
            self.ignore(connection, direction, ALREADY_RECEIVED)
            return False
        self._count_waiting(waiting)
        return True

    def ignore(self, connection: str, direction: Direction, reason: str) -> None:
        """Count something that arrived and needs no delivery."""
        with self._database.transaction() as transaction:
            _count_ignored(transaction, (connection, direction), reason, 1)

    def claim(self, connection: str, direction: Direction, limit: int) -> list[ClaimedDelivery]:
        """Answer the oldest deliveries of one route whose lanes are not held back now."""
        parameters = {"connection": connection, "direction": direction, "now": to_microseconds(self._now())}
        with self._database.transaction() as transaction:
            rows = transaction.execute(_CLAIM, {**parameters, "limit": limit}).all()
        return [ClaimedDelivery(*row) for row in rows]

    def settle(self, outcomes: Outcomes) -> None:
        """Write down what became of a round of sending, in one transaction."""
        at = to_microseconds(self._now())
        with self._database.transaction() as transaction:
            if outcomes.delivered:
                rows = [{"row_id": delivery_id, "at": at} for delivery_id in outcomes.delivered]
                transaction.execute(_MARK_DELIVERED, rows)
            if outcomes.buried:
                buried = [{"row_id": row_id, "at": at, "why": why} for row_id, why in outcomes.buried]
                transaction.execute(_MARK_BURIED, buried)
            if outcomes.postponed:
                transaction.execute(_POSTPONE, [_as_postponed_row(each) for each in outcomes.postponed])
        self._count_waiting(-len(outcomes.delivered) - len(outcomes.buried))

    def next_due(self, connection: str, direction: Direction) -> datetime | None:
        """Answer when something of this route may leave; now at the earliest, None when nothing waits."""
        if not self._waiting:
            return None
        if self.claim(connection, direction, limit=1):
            return self._now()
        with self._database.transaction() as transaction:
            moment = transaction.scalar(
                _NEXT_DELAYED,
                {"connection": connection, "direction": direction, "now": to_microseconds(self._now())},
            )
        return None if moment is None else from_microseconds(moment)

    def _count_waiting(self, more: int) -> None:
        with self._counting:
            self._waiting += more


_row = deliveries.c
_ROUTE = and_(_row.connection == bindparam("connection"), _row.direction == bindparam("direction"))
_INSERT = insert(deliveries)
_HELD_BACK = select(_row.lane).where(_ROUTE, is_waiting, _row.not_before > bindparam("now"))
_CLAIM = (
    select(_row.id, _row.lane, _row.kind, _row.payload, _row.attempts, _row.created_at)
    .where(_ROUTE, is_waiting, _row.lane.not_in(_HELD_BACK))
    .order_by(_row.id)
    .limit(bindparam("limit"))
)
_NEXT_DELAYED = select(func.min(_row.not_before)).where(_ROUTE, is_waiting, _row.not_before > bindparam("now"))
_TRIED = update(deliveries).where(_row.id == bindparam("row_id")).values(attempts=_row.attempts + 1)
_MARK_DELIVERED = _TRIED.values(
    state=literal_column("'delivered'"), finished_at=bindparam("at"), not_before=null(), reason=null()
)
_MARK_BURIED = _TRIED.values(
    state=literal_column("'buried'"), finished_at=bindparam("at"), not_before=null(), reason=bindparam("why")
)
_POSTPONE = _TRIED.values(reason=bindparam("why"), not_before=bindparam("until"))


def _as_row(connection: str, direction: Direction, arrival: NewDelivery, created_at: int) -> dict[str, object]:
    buried = arrival.buried_because is not None
    return {
        "connection": connection,
        "direction": direction,
        "lane": arrival.lane,
        "kind": arrival.kind,
        "source_id": arrival.source_id,
        "payload": arrival.payload,
        "state": "buried" if buried else "waiting",
        "attempts": 0,
        "reason": arrival.buried_because,
        "created_at": created_at,
        "finished_at": created_at if buried else None,
    }


def _as_postponed_row(postponed: Postponed) -> dict[str, object]:
    until = postponed.not_before
    return {
        "row_id": postponed.delivery_id,
        "why": postponed.why,
        "until": None if until is None else to_microseconds(until),
    }


def _count_ignored(transaction: Connection, route: tuple[str, Direction], reason: str, times: int) -> None:
    key = {"connection": route[0], "direction": route[1], "reason": reason}
    counted = update(ignored).filter_by(**key).values(times=ignored.c.times + times)
    if transaction.execute(counted).rowcount == 0:
        transaction.execute(insert(ignored).values(**key, times=times))
