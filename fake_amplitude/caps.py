"""How much of a project is kept: the documented caps on names and on property updates (facts/amplitude-api.md 1.3).

What is over a cap is accepted all the same; that it is then missing from charts, events and users is inferred.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from fake_amplitude.limits import HOUR_MS, Window
from fake_amplitude.properties import is_operation

if TYPE_CHECKING:
    from collections.abc import Mapping

EVENT_TYPES_MAX = 2_000
EVENT_PROPERTIES_MAX = 2_000
USER_PROPERTIES_MAX = 1_000
UPDATES_PER_HOUR = 1_800


class Caps:
    """The names that a project knows, and how often each user's properties were updated in the last hour."""

    def __init__(self) -> None:
        self._event_types: dict[str, None] = {}
        self._event_properties: dict[str, None] = {}
        self._user_properties: dict[str, None] = {}
        self._updates = Window(HOUR_MS, 1_000)

    def knows(self, event_type: str) -> bool:
        """Answer whether an event type is one of the first 2,000; the raw data keep the others."""
        return _is_known(self._event_types, event_type, EVENT_TYPES_MAX)

    def kept(self, amplitude_id: int, update: Mapping[str, Any], now_ms: int) -> dict[str, Any] | None:
        """Answer what an update may still change; None when the user had 1,800 updates within the hour."""
        self._updates.forget(now_ms)
        if self._updates.total(amplitude_id) >= UPDATES_PER_HOUR:
            return None
        self._updates.add(Counter({amplitude_id: 1}), now_ms)
        return {
            name: self._known(value) if isinstance(value, dict) and is_operation(name) else value
            for name, value in update.items()
            if is_operation(name) or self._is_kept(name)
        }

    def kept_of_event(self, properties: Mapping[str, Any]) -> dict[str, Any]:
        """Answer the properties of an event whose names are among the first 2,000."""
        names = self._event_properties
        return {name: value for name, value in properties.items() if _is_known(names, name, EVENT_PROPERTIES_MAX)}

    def _known(self, change: Mapping[str, Any]) -> dict[str, Any]:
        return {name: value for name, value in change.items() if self._is_kept(name)}

    def _is_kept(self, name: str) -> bool:
        return _is_known(self._user_properties, name, USER_PROPERTIES_MAX)


def _is_known(names: dict[str, None], name: str, names_max: int) -> bool:
    if name not in names and len(names) < names_max:
        names[name] = None
    return name in names
