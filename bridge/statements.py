"""What is said to the database for every single event: put into the engine's own words once, and answered in tuples.

SQLAlchemy writes the words; it takes ten times as long as SQLite to carry them out, so the driver does that here.
Whatever is said seldom is left to SQLAlchemy.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy.sql.compiler import SQLCompiler

from bridge.database import INSERTS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from sqlalchemy import ClauseElement, Connection, Table

    Row = Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Words:
    text: str
    constants: Row


class Statement:
    """One statement for both engines; `columns` are those that an insert names, and a row gives.

    `write` is asked for it by the engine's name. What the driver says against it is raised as the driver says it.
    """

    def __init__(self, write: Callable[[str], ClauseElement], *, columns: Sequence[str] = ()) -> None:
        self._write = write
        self._columns = list(columns)
        self._words: dict[str, _Words] = {}

    def all(self, transaction: Connection, row: Row) -> list[tuple[Any, ...]]:
        """Carry it out once; answers all rows."""
        found: list[tuple[Any, ...]] = self._once(transaction, row).fetchall()
        return found

    def first(self, transaction: Connection, row: Row) -> tuple[Any, ...] | None:
        """Carry it out once; answers the first row."""
        found: tuple[Any, ...] | None = self._once(transaction, row).fetchone()
        return found

    def run(self, transaction: Connection, *rows: Row) -> None:
        """Carry it out for each row, in order."""
        if len(rows) == 1:
            self._once(transaction, rows[0])
        elif rows:
            words = self._for(transaction)
            _cursor(transaction).executemany(words.text, [{**words.constants, **row} for row in rows])

    def answers(self, transaction: Connection, rows: Sequence[Row]) -> list[bool]:
        """Carry it out for each row, in order; says of each whether it was answered with something."""
        words, cursor = self._for(transaction), _cursor(transaction)
        full = [{**words.constants, **row} for row in rows]
        if transaction.dialect.name == "sqlite":
            return [cursor.execute(words.text, row).fetchone() is not None for row in full]
        cursor.executemany(words.text, full, returning=True)  # one round trip for all of them
        return [result.rowcount > 0 for result in cursor.results()]

    def _once(self, transaction: Connection, row: Row) -> Any:
        words = self._for(transaction)
        return _cursor(transaction).execute(words.text, {**words.constants, **row})

    def _for(self, transaction: Connection) -> _Words:
        engine = transaction.dialect.name
        words = self._words.get(engine)
        if words is None:
            words = self._words[engine] = self._compiled(transaction)
        return words

    def _compiled(self, transaction: Connection) -> _Words:
        statement = self._write(transaction.dialect.name)
        compiled = statement.compile(dialect=transaction.dialect, column_keys=self._columns or None)
        assert isinstance(compiled, SQLCompiler)  # whatever selects or changes rows
        given = {name: bind.value for name, bind in compiled.binds.items() if not bind.required}
        return _Words(str(compiled), {name: value for name, value in given.items() if value is not None})


def writing(table: Table, *, replace: Sequence[str] = (), add: Sequence[str] = ()) -> Statement:
    """Answer a statement that inserts a whole row; where its key is taken, some columns are replaced or added to."""

    def write(engine: str) -> ClauseElement:
        inserting = INSERTS[engine](table)
        new = inserting.excluded
        changed = {name: new[name] for name in replace} | {name: table.c[name] + new[name] for name in add}
        return inserting.on_conflict_do_update(index_elements=list(table.primary_key), set_=changed)

    return Statement(write, columns=table.c.keys())


def _cursor(transaction: Connection) -> Any:
    driver: Any = transaction.connection.driver_connection
    return driver.cursor()
