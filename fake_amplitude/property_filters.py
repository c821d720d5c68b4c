"""Which events and users a condition on a property lets through (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

import math
import operator
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from fake_amplitude.user_properties import CUSTOM, OF_HARDWARE, OF_PLACE, TOLD, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fake_amplitude.records import Event
    from fake_amplitude.rules import PropertyFilter

NONE = "(none)"
IDS = ("user_id", "device_id")


def _compares(compare: Callable[[float, float], bool]) -> Callable[[str, tuple[str, ...]], bool]:
    def holds(told: str, values: tuple[str, ...]) -> bool:
        return any(compare(number_of(told), number_of(each)) for each in values)

    return holds


def number_of(told: Any) -> float:
    """Answer a value as a number; NaN, which compares with nothing, where it is none."""
    try:
        return float(told)
    except (TypeError, ValueError, OverflowError):
        return math.nan


FILTERS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "is": lambda told, values: told in values,
    "is not": lambda told, values: told not in values,
    "contains": lambda told, values: any(each in told for each in values),
    "does not contain": lambda told, values: not any(each in told for each in values),
    "less": _compares(operator.lt),
    "less or equal": _compares(operator.le),
    "greater": _compares(operator.gt),
    "greater or equal": _compares(operator.ge),
    "set is": lambda told, _: told != NONE,
    "set is not": lambda told, _: told == NONE,
}


def passes(event: Event, filters: Sequence[PropertyFilter]) -> bool:
    """Answer whether an event satisfies every condition."""
    return all(FILTERS[each.operator](told(event, each.of, each.name), each.values) for each in filters)


def told(event: Event, of: Literal["event", "user"], name: str) -> str:
    """Answer a property of an event, or of its user as it was then, as text; `(none)` where there is none."""
    value = value_of(event, of, name)
    return NONE if value is None or value == "" else spelled(value)


def value_of(event: Event, of: Literal["event", "user"], name: str) -> Any:
    """Answer a property of an event, or of its user as it was then; None where there is none."""
    if of == "event":
        properties: dict[str, Any] = msgspec.json.decode(event.event_properties)
        return properties.get(name)
    if name.startswith(CUSTOM):
        return event.user_properties.get(name.removeprefix(CUSTOM))
    if name in event.user_properties:
        return event.user_properties[name]
    return _of_amplitude(event, name)


def _of_amplitude(event: Event, name: str) -> Any:
    """Answer a property of Amplitude's own; None where there is none."""
    if name in OF_PLACE:
        return getattr(event.place, OF_PLACE[name])
    if name in OF_HARDWARE:
        return getattr(event.hardware, OF_HARDWARE[name])
    if name in TOLD:
        return msgspec.json.decode(event.details).get(TOLD[name])
    return getattr(event, name) if name in IDS else None
