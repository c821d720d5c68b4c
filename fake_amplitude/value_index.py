"""Finds users by a text among the values of their properties, at a cost that does not grow with the world.

Few worlds are ever searched like this, so the index is made at the first search, and from then on it follows each
change.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fake_amplitude.records import Profile


class ValueIndex:
    """The Amplitude IDs by each text that is the value of a property."""

    def __init__(self, profiles: Iterable[Profile]) -> None:
        self._having: dict[str, dict[int, None]] = {}
        for profile in profiles:
            self.follow(profile.amplitude_id, {}, profile.properties)

    def having(self, value: str) -> Iterator[int]:
        """Answer who has the value, whoever had it first first."""
        return iter(self._having.get(value, ()))

    def follow(self, amplitude_id: int, before: Mapping[str, Any], after: Mapping[str, Any]) -> None:
        """Take over what a user's properties have become."""
        old, new = _texts(before), _texts(after)
        for value in old.keys() - new.keys():
            self._leave(amplitude_id, value)
        for value in new:
            self._having.setdefault(value, {})[amplitude_id] = None

    def _leave(self, amplitude_id: int, value: str) -> None:
        users = self._having[value]
        del users[amplitude_id]
        if not users:
            del self._having[value]


def _texts(properties: Mapping[str, Any]) -> dict[str, None]:
    return {value: None for value in properties.values() if isinstance(value, str)}
