"""Forgets what was finished long ago; the ids of its message events are known for longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import bindparam, delete, select

from bridge.database import INSERTS, any_of, as_list
from bridge.records import to_microseconds
from bridge.statements import Statement
from bridge.tables import deliveries, remembered

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta

    from sqlalchemy import Insert

    from bridge.database import Database

_ROWS_AT_ONCE = 1_000  # so that no door waits long behind it


class Retention:
    """Keeps finished deliveries for `kept_for`, and knows a message event again for `known_for` after it came."""

    def __init__(
        self, database: Database, *, kept_for: timedelta, known_for: timedelta, now: Callable[[], datetime]
    ) -> None:
        self._database = database
        self._kept_for = kept_for
        self._known_for = known_for
        self._now = now

    def forget(self) -> int:
        """Delete what has been finished for too long, in portions; answers how many deliveries that were."""
        finished_before = to_microseconds(self._now() - self._kept_for)
        received_before = to_microseconds(self._now() - self._known_for)
        forgotten = 0
        while portion := self._forget_some(finished_before, received_before):
            forgotten += portion
        with self._database.transaction() as transaction:
            transaction.execute(delete(remembered).where(remembered.c.received_at < received_before))
        return forgotten

    def _forget_some(self, finished_before: int, received_before: int) -> int:
        with self._database.transaction() as transaction:
            ids = [row[0] for row in _LONG_FINISHED.all(transaction, {"moment": finished_before})]
            them = {"them": as_list(transaction, ids)}
            _REMEMBER.run(transaction, {**them, "received_before": received_before})
            _FORGET.run(transaction, them)
        return len(ids)


_row = deliveries.c
_LONG_FINISHED = Statement(
    lambda _: (
        select(_row.id).where(_row.finished_at < bindparam("moment")).order_by(_row.finished_at).limit(_ROWS_AT_ONCE)
    )
)
_FORGET = Statement(lambda engine: delete(deliveries).where(any_of(_row.id, engine)))


def _remembering(engine: str) -> Insert:
    known = select(_row.connection, _row.direction, _row.source_id, _row.created_at).where(
        any_of(_row.id, engine), _row.source_id.is_not(None), _row.created_at >= bindparam("received_before")
    )
    columns = ["connection", "direction", "source_id", "received_at"]
    return INSERTS[engine](remembered).from_select(columns, known).on_conflict_do_nothing()


_REMEMBER = Statement(_remembering)
