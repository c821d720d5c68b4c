"""Opens the database and guards it; the one room that knows which engine stands behind the outbox."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, InterfaceError, OperationalError
from sqlalchemy.pool import StaticPool

from bridge.errors import OutboxUnavailable, SettingsError
from bridge.tables import metadata

if TYPE_CHECKING:
    from collections.abc import Iterator

_BUSY_TIMEOUT_S = 30


class Database:
    """One connection to SQLite, used by one thread at a time: SQLite has a single writer anyway."""

    def __init__(self, url: str) -> None:
        self._lock = RLock()
        self._engine = _open_sqlite(url)
        with self.transaction() as connection:
            metadata.create_all(connection)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """All or nothing, and on disk when the block is left; raises OutboxUnavailable when it cannot be."""
        with self._lock:
            try:
                with self._engine.begin() as connection:
                    yield connection
            except (OperationalError, InterfaceError) as error:
                raise OutboxUnavailable from error

    def close(self) -> None:
        """Give the connection back; in memory, everything is gone then."""
        with self._lock:
            self._engine.dispose()


def _open_sqlite(url: str) -> Engine:
    try:
        parsed = make_url(url)
    except ArgumentError as error:
        raise SettingsError(f"outbox_url: {error}") from error
    if parsed.get_backend_name() != "sqlite":
        raise SettingsError(f"outbox_url: {parsed.get_backend_name()!r} is not supported, only sqlite")
    engine = create_engine(
        parsed,
        poolclass=StaticPool,
        connect_args={"check_same_thread": False, "timeout": _BUSY_TIMEOUT_S},
    )
    event.listen(engine, "connect", _make_durable)
    return engine


def _make_durable(connection: Any, _: object) -> None:
    """Let an acknowledged row survive the loss of power (WAL alone syncs at checkpoints only)."""
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
