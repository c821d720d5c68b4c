"""Remembers when the next step of every pulled cohort is due, for all workers and over every restart."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, Integer, String, Table, and_, func, select, update

from bridge.database import INSERTS
from bridge.records import from_microseconds, to_microseconds
from bridge.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sqlalchemy import ColumnElement

    from bridge.database import Database

_HELD_FOR = timedelta(minutes=15)  # a worker that takes a step has this long before another one takes it

pulls = Table(
    "cohort_pulls",
    metadata,
    Column("connection", String, primary_key=True),
    Column("cohort_id", String, primary_key=True),
    Column("due_at", BigInteger),
    Column("began_at", BigInteger),
    Column("request_id", String),
    Column("failures", Integer, nullable=False),
    Column("said", String),
)


@dataclass(frozen=True, slots=True)
class PullState:
    """How one pulled cohort is doing: with a `request_id` it is under way, `said` is the last thing against it."""

    cohort_id: str
    due_at: datetime | None
    began_at: datetime | None
    request_id: str | None
    failures: int
    said: str | None


class PullSchedule:
    """The steps of one connection's pulled cohorts."""

    def __init__(
        self,
        database: Database,
        *,
        connection: str,
        scheduled: Iterable[str],
        on_demand: Iterable[str],
        now: Callable[[], datetime],
    ) -> None:
        self._database = database
        self._connection = connection
        self._cohorts = (*scheduled, *on_demand)
        self._now = now
        at = to_microseconds(now())
        rows = [(cohort_id, at) for cohort_id in scheduled] + [(cohort_id, None) for cohort_id in on_demand]
        for cohort_id, due_at in rows:
            new = {"connection": connection, "cohort_id": cohort_id, "due_at": due_at, "failures": 0}
            with database.transaction() as transaction:
                inserting = INSERTS[transaction.dialect.name](pulls).values(new).on_conflict_do_nothing()
                transaction.execute(inserting)

    def hold_due(self) -> list[PullState]:
        """Answer whose step is due now; it is nobody else's until it is written or a while has passed."""
        now = self._now()
        held_until = to_microseconds(now + _HELD_FOR)
        due = [state for state in self.states() if state.due_at is not None and state.due_at <= now]
        held: list[PullState] = []
        for state in due:
            seen = pulls.c.due_at == to_microseconds(state.due_at or now)
            with self._database.transaction() as transaction:
                holding = update(pulls).where(self._is(state.cohort_id), seen).values(due_at=held_until)
                if transaction.execute(holding).rowcount == 1:
                    held.append(state)
        return held

    def next_due(self) -> datetime | None:
        """Answer when there is a step to take again; None when nothing is scheduled."""
        if not self._cohorts:
            return None
        soonest = select(func.min(pulls.c.due_at)).where(self._mine())
        with self._database.transaction() as transaction:
            moment = transaction.scalar(soonest)
        return None if moment is None else max(from_microseconds(moment), self._now())

    def write(self, state: PullState) -> None:
        """Write down how a cohort is doing now."""
        values = {
            "due_at": None if state.due_at is None else to_microseconds(state.due_at),
            "began_at": None if state.began_at is None else to_microseconds(state.began_at),
            "request_id": state.request_id,
            "failures": state.failures,
            "said": state.said,
        }
        with self._database.transaction() as transaction:
            transaction.execute(update(pulls).where(self._is(state.cohort_id)).values(values))

    def states(self) -> list[PullState]:
        """Answer how the pulled cohorts are doing, in the order of their ids."""
        if not self._cohorts:
            return []
        with self._database.transaction() as transaction:
            rows = transaction.execute(select(pulls).where(self._mine()).order_by(pulls.c.cohort_id)).all()
        return [
            PullState(
                row.cohort_id,
                None if row.due_at is None else from_microseconds(row.due_at),
                None if row.began_at is None else from_microseconds(row.began_at),
                row.request_id,
                row.failures,
                row.said,
            )
            for row in rows
        ]

    def _mine(self) -> ColumnElement[bool]:
        return and_(pulls.c.connection == self._connection, pulls.c.cohort_id.in_(self._cohorts))

    def _is(self, cohort_id: str) -> ColumnElement[bool]:
        return and_(pulls.c.connection == self._connection, pulls.c.cohort_id == cohort_id)
