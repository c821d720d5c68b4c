"""Remembers every run of every cohort's sync: who was added and removed, who was skipped, and why."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Literal

import msgspec
from sqlalchemy import BigInteger, Column, Index, Integer, String, Table, bindparam, func, insert, select, update

from bridge.memberships import Operation, members
from bridge.records import from_microseconds, to_microseconds
from bridge.statements import Statement
from bridge.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from bridge.database import Database

Source = Literal["list", "webhook", "pull"]

# Amplitude's list protocol does not say where a run begins (inferred): a pause of this length ends one
_PAUSE_MICROSECONDS = timedelta(minutes=10) // timedelta(microseconds=1)

runs = Table(
    "cohort_runs",
    metadata,
    Column("id", BigInteger().with_variant(Integer, "sqlite"), primary_key=True),
    Column("connection", String, nullable=False),
    Column("cohort_id", String, nullable=False),
    Column("source", String, nullable=False),
    Column("name", String, nullable=False),
    Column("started_at", BigInteger, nullable=False),
    Column("last_batch_at", BigInteger, nullable=False),
    Column("added", Integer, nullable=False),
    Column("removed", Integer, nullable=False),
    Column("skipped", String, nullable=False),
)
Index("cohort_runs_of_cohort", runs.c.connection, runs.c.cohort_id, runs.c.id)


@dataclass(frozen=True, slots=True)
class CohortRun:
    """One run of a cohort's sync: `added` and `removed` were handed on to OneSignal, `skipped` were not.

    Of those handed on, `pending` have no answer yet and `refused` were refused; a user whom a later run has changed
    counts there.
    """

    id: int
    connection: str
    cohort_id: str
    source: Source
    started_at: datetime
    last_batch_at: datetime
    added: int
    removed: int
    skipped: Mapping[str, int]
    pending: int
    refused: Mapping[str, int]


class CohortRuns:
    """The sync history of one connection; it is kept for good."""

    def __init__(self, database: Database, *, connection: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._connection = connection
        self._now = now

    def enter(self, cohort_id: str, source: Source, name: str = "") -> int:
        """Answer the run to which a batch belongs: the newest of its name, else a new one.

        A webhook's run has the name of its computation; batches of a list without a name are one run while no long
        pause is between them.
        """
        at = to_microseconds(self._now())
        key = {"connection": self._connection, "cohort_id": cohort_id, "source": source}
        with self._database.transaction() as transaction:
            last = _NEWEST.first(transaction, key)
            if last is not None:
                run_id, last_name, last_batch_at = last
                if last_name == name and (name or at - last_batch_at < _PAUSE_MICROSECONDS):
                    return int(run_id)
            began = {"name": name, "started_at": at, "last_batch_at": at, "added": 0, "removed": 0, "skipped": "{}"}
            (run_id,) = _BEGIN.first(transaction, {**key, **began}) or (0,)
            return int(run_id)

    def count(self, run_id: int, operation: Operation, *, told: int, skipped: Mapping[str, int]) -> None:
        """Add a batch to its run."""
        with self._database.transaction() as transaction:
            (before,) = _SKIPPED.first(transaction, {"run_id": run_id}) or ("{}",)
            together = Counter(_read_counts(before)) + Counter(skipped)
            counted = {
                "run_id": run_id,
                "more_added": told if operation == "add" else 0,
                "more_removed": told if operation == "remove" else 0,
                "all_skipped": msgspec.json.encode(dict(sorted(together.items()))).decode(),
                "at": to_microseconds(self._now()),
            }
            _COUNT.run(transaction, counted)

    def history(self, cohort_id: str | None = None) -> list[CohortRun]:
        """List the runs, oldest first; costs a walk over the members."""
        mine = select(runs).where(runs.c.connection == self._connection).order_by(runs.c.id)
        outcome = (
            select(members.c.run, members.c.state, members.c.reason, func.count())
            .where(members.c.connection == self._connection)
            .group_by(members.c.run, members.c.state, members.c.reason)
        )
        if cohort_id is not None:
            mine = mine.where(runs.c.cohort_id == cohort_id)
            outcome = outcome.where(members.c.cohort_id == cohort_id)
        with self._database.transaction() as transaction:
            rows = [row._asdict() for row in transaction.execute(mine)]
            outcomes = transaction.execute(outcome).all()
        pending: Counter[int] = Counter()
        refused: dict[int, dict[str, int]] = {}
        for run, state, reason, times in outcomes:
            if reason is not None:
                refused.setdefault(run, {})[reason] = times
            elif state in ("pending_add", "pending_remove"):
                pending[run] += times
        return [_as_run(row, pending[row["id"]], refused.get(row["id"], {})) for row in rows]


def _as_run(row: dict[str, object], pending: int, refused: dict[str, int]) -> CohortRun:
    del row["name"]
    for column in ("started_at", "last_batch_at"):
        row[column] = from_microseconds(int(str(row[column])))
    row["skipped"] = _read_counts(str(row["skipped"]))
    return CohortRun(**row, pending=pending, refused=dict(sorted(refused.items())))  # type: ignore[arg-type]  # the columns are the fields


def _read_counts(text: str) -> dict[str, int]:
    return msgspec.json.decode(text, type=dict[str, int])


_run = runs.c
_THIS_ONE = _run.id == bindparam("run_id")
_NEWEST = Statement(
    lambda _: (
        select(_run.id, _run.name, _run.last_batch_at)
        .where(*(_run[name] == bindparam(name) for name in ("connection", "cohort_id", "source")))
        .order_by(_run.id.desc())
        .limit(1)
    )
)
_BEGIN = Statement(
    lambda _: insert(runs).returning(_run.id), columns=[column.name for column in runs.c if column is not _run.id]
)
_SKIPPED = Statement(lambda _: select(_run.skipped).where(_THIS_ONE).with_for_update())
_COUNT = Statement(
    lambda _: (
        update(runs)
        .where(_THIS_ONE)
        .values(
            added=_run.added + bindparam("more_added"),
            removed=_run.removed + bindparam("more_removed"),
            skipped=bindparam("all_skipped"),
            last_batch_at=bindparam("at"),
        )
    )
)
