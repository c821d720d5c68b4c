"""The members of a cohort as Amplitude's file names them, kept while they are held against the ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import Column, String, Table, delete, exists, select

from bridge.database import INSERTS
from bridge.memberships import members
from bridge.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from sqlalchemy import ColumnElement

    from bridge.database import Database

PAGE = 10_000

pulled = Table(
    "cohort_pulled",
    metadata,
    Column("connection", String, primary_key=True),
    Column("request_id", String, primary_key=True),
    Column("external_id", String, primary_key=True),
    sqlite_with_rowid=False,
)


class PulledMembers:
    """One file's members; they are dropped when everything has been decided."""

    def __init__(self, database: Database, *, connection: str, request_id: str) -> None:
        self._database = database
        self._key = {"connection": connection, "request_id": request_id}
        self._mine = (pulled.c.connection == connection, pulled.c.request_id == request_id)
        self._connection = connection
        self.unresolved = 0

    def store(self, ids: Iterable[str | None]) -> None:
        """Store all of a file, a page at a time."""
        self.unresolved = 0
        page: list[dict[str, str]] = []
        for external_id in ids:
            if external_id is None or "\0" in external_id:
                self.unresolved += 1
                continue
            page.append({**self._key, "external_id": external_id})
            if len(page) == PAGE:
                self._insert(page)
                page = []
        self._insert(page)

    def entrants(self) -> Iterator[list[str]]:
        """Give everybody in the file, in the order of their ids, a page at a time."""
        return self._pages(pulled.c.external_id, *self._mine)

    def leavers(self, cohort_id: str) -> Iterator[list[str]]:
        """Give those members of the ledger whom the file does not name, in the order of their ids, a page at a time."""
        named = exists().where(*self._mine, pulled.c.external_id == members.c.external_id)
        inside = members.c.state.in_(("applied", "pending_add"))
        mine = (members.c.connection == self._connection, members.c.cohort_id == cohort_id)
        return self._pages(members.c.external_id, *mine, inside, ~named)

    def drop(self) -> None:
        """Keep them no longer."""
        with self._database.transaction() as transaction:
            transaction.execute(delete(pulled).where(*self._mine))

    def _insert(self, page: list[dict[str, str]]) -> None:
        if page:
            with self._database.transaction() as transaction:
                inserting = INSERTS[transaction.dialect.name](pulled).on_conflict_do_nothing()
                transaction.execute(inserting, page)

    def _pages(self, column: ColumnElement[str], *conditions: ColumnElement[bool]) -> Iterator[list[str]]:
        after = ""
        while True:
            page = select(column).where(*conditions, column > after).order_by(column).limit(PAGE)
            with self._database.transaction() as transaction:
                found = [str(external_id) for external_id in transaction.scalars(page)]
            if not found:
                return
            yield found
            after = found[-1]
