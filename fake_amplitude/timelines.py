"""Which events are a user's, in the order in which they came, at eight bytes an event.

Each event knows the one before it of the same user. Plain numbers in plain dictionaries are of no interest to the
garbage collector, so that a million events do not slow the next one down.
"""

from __future__ import annotations

from array import array
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

NONE = -1


class Timelines:
    """The event numbers of each Amplitude ID, as credited."""

    def __init__(self) -> None:
        self._first: dict[int, int] = {}
        self._last: dict[int, int] = {}
        self._previous = array("q")

    def __iter__(self) -> Iterator[int]:
        return iter(self._last)

    def append(self, amplitude_id: int) -> None:
        """Give the next event to a user."""
        number = len(self._previous)
        previous = self._last.get(amplitude_id, NONE)
        self._previous.append(previous)
        self._last[amplitude_id] = number
        if previous == NONE:
            self._first[amplitude_id] = number

    def first(self, amplitude_id: int) -> int:
        """Answer the number of a user's first event; raises KeyError when there is none."""
        return self._first[amplitude_id]

    def of(self, amplitude_id: int) -> list[int]:
        """Answer the numbers of a user's events, the latest first."""
        numbers: list[int] = []
        number = self._last.get(amplitude_id, NONE)
        while number != NONE:
            numbers.append(number)
            number = self._previous[number]
        return numbers

    def forget(self, amplitude_id: int) -> None:
        """Give a user's events to nobody."""
        self._last.pop(amplitude_id, None)
        self._first.pop(amplitude_id, None)
