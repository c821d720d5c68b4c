"""Opens the database and guards it; the one room that knows which engine stands behind the outbox."""

from __future__ import annotations

from contextlib import AbstractContextManager, contextmanager, nullcontext
from functools import cache
from threading import RLock, local
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import msgspec
from sqlalchemy import (
    ARRAY,
    URL,
    ColumnElement,
    Connection,
    Engine,
    Index,
    String,
    Table,
    bindparam,
    create_engine,
    event,
    func,
    inspect,
    make_url,
    select,
)
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.pool import NullPool
from sqlalchemy.schema import CreateIndex, CreateTable, DDLElement

from bridge.errors import OutboxUnavailable, SettingsError
from bridge.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

_BUSY_TIMEOUT_S = 30
_CONNECT_TIMEOUT_S = 10
_CONNECTIONS_MAX = 20
_SUPPORTED = ("sqlite", "postgresql+psycopg")
_MAKING_TABLES = 7_203_416_512  # any number, but always the same: who makes the tables holds this lock

# `INSERT ... ON CONFLICT` has the same words in both engines, and a class of its own for each in SQLAlchemy
INSERTS: Mapping[str, Callable[[Table], postgresql.Insert | sqlite.Insert]] = MappingProxyType(
    {"sqlite": sqlite.insert, "postgresql": postgresql.insert}
)


def any_of(column: ColumnElement[Any], engine: str) -> ColumnElement[bool]:
    """Answer a condition for the parameter `them` of `as_list`: thousands of values in one parameter."""
    if engine == "postgresql":
        return column == func.any(bindparam("them", type_=ARRAY(column.type)))
    listed = func.json_each(bindparam("them", type_=String)).table_valued("value")
    return column.in_(select(listed.c.value))


def as_list(transaction: Connection, values: Iterable[int | str]) -> object:
    """Answer values as the engine takes them in one parameter."""
    together = list(values)
    return together if transaction.dialect.name == "postgresql" else msgspec.json.encode(together).decode()


class Database:
    """SQLite, used by one thread at a time because it has a single writer anyway, or PostgreSQL, used by many.

    `is_shared` says whether other processes may use it, too, and `has_workers` whether several of them may deliver.
    """

    def __init__(self, url: str) -> None:
        parsed = _parse(url)
        self.has_workers = parsed.get_backend_name() == "postgresql"
        self.is_shared = self.has_workers or parsed.database not in (None, "", ":memory:")
        self._engine = _open_postgresql(parsed) if self.has_workers else _open_sqlite(parsed)
        self._failures = (DBAPIError, PoolTimeoutError, self._engine.dialect.loaded_dbapi.Error)
        self._lock = nullcontext() if self.has_workers else RLock()
        self._running = local()
        self._single: Connection | None = None
        try:
            self._make_tables()
        except OutboxUnavailable as error:
            self.close()
            raise SettingsError(f"outbox_url: {_in_one_line(error.__cause__)}") from error
        except SettingsError:
            self.close()
            raise

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, and on disk when the block is left; raises OutboxUnavailable when it cannot be.

        Inside another one of the same thread it is a part of that one.
        """
        outer: Connection | None = getattr(self._running, "connection", None)
        if outer is not None:
            yield outer
            return
        with self._lock:
            try:
                with self._connected() as connection, connection.begin():
                    self._running.connection, self._running.afterwards = connection, []
                    yield connection
            except IntegrityError:
                raise
            except self._failures as error:
                raise OutboxUnavailable from error
            finally:
                self._running.connection = None
            for verb in self._running.afterwards:
                verb()

    def when_committed(self, verb: Callable[[], object]) -> None:
        """Do something once the transaction around it is on disk, and never if that is not; outside of one, at once."""
        if self.in_transaction():
            self._running.afterwards.append(verb)
        else:
            verb()

    def in_transaction(self) -> bool:
        """Say whether this thread is inside a transaction already."""
        return getattr(self._running, "connection", None) is not None

    def close(self) -> None:
        """Give the connections back; in memory, everything is gone then."""
        with self._lock:
            if self._single is not None:
                self._single.close()
            self._engine.dispose()

    def _connected(self) -> AbstractContextManager[Connection]:
        """Answer a connection for one transaction: of the pool, or SQLite's only one, which nobody takes out."""
        if self.has_workers:
            return self._engine.connect()
        if self._single is None:
            self._single = self._engine.connect()
        return nullcontext(self._single)

    def _make_tables(self) -> None:
        with self.transaction() as connection:
            if not self.is_shared:
                driver: Any = connection.connection.driver_connection
                driver.executescript(_all_tables_of_sqlite())
                return
            if self.has_workers:
                connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_MAKING_TABLES})")
            metadata.create_all(connection)
            _require_our_columns(connection)


def _require_our_columns(connection: Connection) -> None:
    """Raise SettingsError when a table of ours was there before and is not what this version writes."""
    there = inspect(connection).get_multi_columns(filter_names=list(metadata.tables))
    for (_, name), columns in sorted(there.items()):
        missing = set(metadata.tables[name].c.keys()) - {column["name"] for column in columns}
        if missing:
            lacks = f"its table {name!r} lacks {', '.join(sorted(missing))}"
            raise SettingsError(f"outbox_url: made by another version or not an outbox: {lacks}")


@cache
def _all_tables_of_sqlite() -> str:
    """Answer the words for a fresh database in memory: asking which tables it has costs more than all of them."""
    making: list[DDLElement] = []
    for table in metadata.sorted_tables:
        making.append(CreateTable(table))
        making.extend(CreateIndex(index) for index in sorted(table.indexes, key=_name))
    return ";\n".join(str(each.compile(dialect=sqlite.dialect())) for each in making)


def _name(index: Index) -> str:
    return str(index.name)


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
        parsed.get_dialect()
    except (ArgumentError, NoSuchModuleError) as error:
        raise SettingsError(f"outbox_url: {error}") from error
    if parsed.drivername not in _SUPPORTED:
        raise SettingsError(f"outbox_url: {parsed.drivername!r} is not supported, only {' and '.join(_SUPPORTED)}")
    return parsed


@cache
def _open_sqlite(url: URL) -> Engine:
    """Answer the one engine of a URL, so that its statements are compiled once; a `Database` has its own connection."""
    engine = create_engine(
        url,
        poolclass=NullPool,
        paramstyle="named",
        connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT_S},
    )
    event.listen(engine, "connect", _make_durable)
    return engine


def _make_durable(connection: Any, _: object) -> None:
    """Let an acknowledged row survive the loss of power (WAL alone syncs at checkpoints only)."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")


def _open_postgresql(url: URL) -> Engine:
    engine = create_engine(
        url,
        pool_size=_CONNECTIONS_MAX,
        max_overflow=0,
        pool_timeout=_CONNECT_TIMEOUT_S,
        pool_pre_ping=True,
        connect_args={"connect_timeout": _CONNECT_TIMEOUT_S},
    )
    event.listen(engine, "connect", _wait_no_longer_than_a_door_would)
    return engine


def _wait_no_longer_than_a_door_would(connection: Any, _: object) -> None:
    """Every lock here is held for milliseconds, so that whoever waits long has lost the database."""
    connection.execute(f"SET lock_timeout = '{_BUSY_TIMEOUT_S}s'")
    connection.commit()


def _in_one_line(error: BaseException | None) -> str:
    words = str(getattr(error, "orig", error)).split()
    return " ".join(words)
