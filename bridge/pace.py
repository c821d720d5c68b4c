"""Keeps within what a vendor takes in a stretch of time, by the clock that was given."""

from __future__ import annotations

from collections import deque
from threading import Lock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime, timedelta


class Pace:
    """At most `times` in any stretch of this length; threads may share it."""

    def __init__(self, times: int, each: timedelta, *, now: Callable[[], datetime]) -> None:
        self._times = times
        self._each = each
        self._now = now
        self._taken: deque[datetime] = deque()
        self._lock = Lock()

    def take(self) -> timedelta | None:
        """Take one turn and answer None; when there is none now, answer how long it is until the next."""
        with self._lock:
            now = self._now()
            while self._taken and now - self._taken[0] >= self._each:
                self._taken.popleft()
            if len(self._taken) >= self._times:
                return self._each - (now - self._taken[0])
            self._taken.append(now)
            return None


class PaceOfEach:
    """At most one turn of each name in any stretch of this length; it remembers no longer than that."""

    def __init__(self, each: timedelta, *, now: Callable[[], datetime]) -> None:
        self._each = each
        self._now = now
        self._taken: dict[str, datetime] = {}
        self._lock = Lock()

    def take(self, name: str) -> timedelta | None:
        """Take a turn of this name and answer None; when it is too early, answer how long it is until the next."""
        with self._lock:
            now = self._now()
            while self._taken and now - next(iter(self._taken.values())) >= self._each:
                del self._taken[next(iter(self._taken))]
            before = self._taken.get(name)
            if before is not None:
                return self._each - (now - before)
            self._taken[name] = now
            return None
