"""Remembers which webhook messages have come already, as long as Amplitude may repeat one."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import BigInteger, Column, String, Table, delete

from bridge.database import INSERTS
from bridge.records import to_microseconds
from bridge.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bridge.database import Database

_REPEATED_WITHIN = timedelta(days=7)  # far beyond the eight retries of facts/amplitude-api.md 4.2

messages = Table(
    "cohort_messages",
    metadata,
    Column("connection", String, primary_key=True),
    Column("message_id", String, primary_key=True),
    Column("received_at", BigInteger, nullable=False, index=True),
)


class CohortMessages:
    """The webhook messages of one connection."""

    def __init__(self, database: Database, *, connection: str, now: Callable[[], datetime]) -> None:
        self._database = database
        self._connection = connection
        self._now = now

    def is_news(self, message_id: str) -> bool:
        """Remember a message; answers False when it was known."""
        now = self._now()
        row = {"connection": self._connection, "message_id": message_id, "received_at": to_microseconds(now)}
        too_old = messages.c.received_at < to_microseconds(now - _REPEATED_WITHIN)
        with self._database.transaction() as transaction:
            transaction.execute(delete(messages).where(messages.c.connection == self._connection, too_old))
            inserting = INSERTS[transaction.dialect.name](messages).values(row).on_conflict_do_nothing()
            return transaction.execute(inserting.returning(messages.c.message_id)).first() is not None
