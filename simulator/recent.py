"""A dictionary that keeps its latest entries: what a long run remembers of ids must not grow for ever."""

from collections import OrderedDict
from collections.abc import Iterable
from typing import Final, TypeVar

_KEPT: Final = 100_000
_K = TypeVar("_K")
_V = TypeVar("_V")


class Recent(OrderedDict[_K, _V]):
    """Keeps the latest 100,000 entries in the order in which they were last written."""

    def remember(self, key: _K, value: _V) -> None:
        """Write an entry, and forget the oldest one when there are too many."""
        self[key] = value
        self.move_to_end(key)
        if len(self) > _KEPT:
            self.popitem(last=False)

    def remember_all(self, keys: Iterable[_K], value: _V) -> None:
        """Write the same value under several keys."""
        for key in keys:
            self.remember(key, value)
