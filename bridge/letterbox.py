"""Writes what arrives at the same time in one transaction, because the disk takes as long for many as for one."""

from __future__ import annotations

from dataclasses import dataclass, field
from threading import Event, Lock
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

T = TypeVar("T")
_LETTERS_AT_ONCE = 500


@dataclass(slots=True)
class _Waiting(Generic[T]):
    letter: T
    woken: Event = field(default_factory=Event)
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
            self._queue.append(mine)
            i_write, self._someone_writes = not self._someone_writes, True
        if not i_write:
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
            next_to_write = self._queue[0] if self._queue else None
            self._someone_writes = next_to_write is not None
        for each in together:
            each.woken.set()
        if next_to_write is not None:
            next_to_write.woken.set()
