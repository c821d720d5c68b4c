"""Writes what arrives at the same time in one transaction, because the disk takes as long for many as for one."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Event, Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
_LETTERS_AT_ONCE = 500


@dataclass(slots=True)
class _Waiting(Generic[T]):
    letter: T
    woken: Event | None = None
    taken: bool | None = None
    error: BaseException | None = None


class Letterbox(Generic[T]):
    """The first who comes writes for all who come while the disk is busy; nobody waits for somebody who may come."""

    def __init__(self, write: Callable[[Sequence[T]], Sequence[bool]]) -> None:
        self._write = write
        self._lock = Lock()
        self._queue: list[_Waiting[T]] = []
        self._someone_writes = False

    def put(self, letter: T) -> bool:
        """Answer what `write` says of this letter, once it is written; raises what `write` raises."""
        mine = _Waiting(letter)
        with self._lock:
            if self._someone_writes:
                mine.woken = Event()
            self._queue.append(mine)
            self._someone_writes = True
        if mine.woken is not None:
            mine.woken.wait()
        if mine.taken is None and mine.error is None:
            self._write_for_all()
        if mine.error is not None:
            raise mine.error
        return bool(mine.taken)

    def _write_for_all(self) -> None:
        with self._lock:
            together, self._queue = self._queue[:_LETTERS_AT_ONCE], self._queue[_LETTERS_AT_ONCE:]
        try:
            for each, taken in zip(together, self._write([each.letter for each in together]), strict=True):
                each.taken = taken
        except BaseException as error:  # noqa: BLE001  # each of them must hear of it, in its own thread
            for each in together:
                each.error = error
        with self._lock:
            waking = [*together, *self._queue[:1]]  # the first of those who came meanwhile writes for them
            self._someone_writes = bool(self._queue)
        for each in waking:
            if each.woken is not None:
                each.woken.set()
