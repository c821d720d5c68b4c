"""Knows how much is waiting, so that a door can refuse what would be too much."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from threading import Lock
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from bridge.errors import OutboxFull
from bridge.tables import is_waiting

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from bridge.database import Database

Route = tuple[str, str]
_RECOUNTED_EVERY = timedelta(seconds=1)
_SHARES = 100


class Waiting:
    """A count of its own when nobody else uses the database, else one that is taken from the database again and again.

    A process counts again after a second, or when it has let in a hundredth of the maximum, or before it refuses. So
    n processes together may exceed the maximum by n hundredths of it, and by what their threads were just letting in;
    a maximum below 100 is counted each time.
    """

    def __init__(self, database: Database, *, maximum: int, now: Callable[[], datetime]) -> None:
        self._database = database
        self._maximum = maximum
        self._now = now
        self._lock = Lock()
        self._let_in_before_recount = maximum // _SHARES
        self._of_route: Counter[Route] = Counter()
        self._recount()

    def require_room(self, more: int) -> None:
        """Raise OutboxFull when as many more would be too many."""
        if self._database.is_shared and (self._is_stale() or self._count + more > self._maximum):
            self._recount()
        if self._count + more > self._maximum:
            raise OutboxFull(self._maximum)

    def add(self, route: Route, more: int) -> None:
        """Note what was let in on a route, or what is finished when it is less than nothing."""
        with self._lock:
            self._count += more
            self._of_route[route] += more
            self._let_in += max(more, 0)

    def is_surely_nothing(self, route: Route) -> bool:
        """Say whether nothing waits there; without asking the database, and so only for one that is not shared."""
        return not self._database.is_shared and not self._of_route[route]

    def is_below_maximum(self) -> bool:
        """Count, and say whether the doors would take something."""
        self._recount()
        return self._count < self._maximum

    def _is_stale(self) -> bool:
        return self._let_in >= self._let_in_before_recount or self._now() - self._counted_at >= _RECOUNTED_EVERY

    def _recount(self) -> None:
        with self._database.transaction() as transaction:
            counted = transaction.scalar(_COUNT) or 0
        with self._lock:
            self._count, self._let_in, self._counted_at = counted, 0, self._now()


_COUNT = select(func.count()).where(is_waiting)
