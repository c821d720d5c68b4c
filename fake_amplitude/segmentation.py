"""How often an event happened and to how many users, day by day (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import msgspec

from fake_amplitude import errors
from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.user_properties import spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_amplitude.records import Event, Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World

DAY_MS = 24 * 3_600_000
DAYS_MAX = 366
NONE = "(none)"
FILTERS: dict[str, Callable[[str, tuple[str, ...]], bool]] = {
    "is": lambda value, values: value in values,
    "is not": lambda value, values: value not in values,
    "contains": lambda value, values: any(each in value for each in values),
    "does not contain": lambda value, values: not any(each in value for each in values),
    "set is": lambda value, _: value != NONE,
    "set is not": lambda value, _: value == NONE,
}


@dataclass(frozen=True, slots=True)
class PropertyFilter:
    """A condition on a property of the event, or of its user at that time."""

    of: Literal["event", "user"]
    name: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One event between two days, both included."""

    event_type: str
    filters: tuple[PropertyFilter, ...]
    counts: Literal["uniques", "totals"]
    start_ms: int
    end_ms: int


@dataclass(frozen=True, slots=True)
class Series:
    """The count of each day, and of the whole range (for uniques not the sum)."""

    days: tuple[int, ...]
    counts: tuple[int, ...]
    collapsed: int


def segmented(world: World, project: Project, question: Question) -> Series:
    """Answer the counts; raises `InvalidRestRequest` for an event that nobody has done yet."""
    if not 0 <= question.end_ms - question.start_ms < DAYS_MAX * DAY_MS:
        raise errors.InvalidRestRequest("Invalid date range.")
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        if question.event_type != ANY_EVENT and question.event_type not in warehouse.by_type:
            raise errors.InvalidRestRequest(f"Unknown event type: {question.event_type}")
        return _series(question, list(_rows(warehouse, question)))


def first_seen(world: World, project: Project, question: Question) -> Series:
    """Answer the new users of each day: those whose first event lies in it."""
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        firsts: dict[int, int] = {}
        for columns in warehouse.by_type.values():
            for credited, time_ms in zip(columns.amplitude_ids, columns.times, strict=True):
                amplitude_id = warehouse.identity.canonical(credited)
                firsts[amplitude_id] = min(time_ms, firsts.get(amplitude_id, time_ms))
    rows = [row for row in firsts.items() if question.start_ms <= row[1] < question.end_ms + DAY_MS]
    return _series(question, rows)


def totals_by_type(world: World, project: Project) -> dict[str, int]:
    """Answer how often each event type came, ever."""
    with world.state.lock:
        by_type = world.state.warehouses[project.id].by_type
        return {event_type: len(columns.times) for event_type, columns in sorted(by_type.items())}


def _rows(warehouse: Warehouse, question: Question) -> Iterator[tuple[int, int]]:
    until_ms = question.end_ms + DAY_MS
    for event_type, columns in warehouse.by_type.items():
        if question.event_type not in (event_type, ANY_EVENT):
            continue
        for credited, time_ms, number in zip(columns.amplitude_ids, columns.times, columns.numbers, strict=True):
            if question.start_ms <= time_ms < until_ms and _passes(warehouse.events[number], question):
                yield warehouse.identity.canonical(credited), time_ms


def _series(question: Question, rows: list[tuple[int, int]]) -> Series:
    days = tuple(range(question.start_ms, question.end_ms + DAY_MS, DAY_MS))
    users: list[set[int]] = [set() for _ in days]
    totals = [0 for _ in days]
    for amplitude_id, time_ms in rows:
        day = (time_ms - question.start_ms) // DAY_MS
        users[day].add(amplitude_id)
        totals[day] += 1
    if question.counts == "totals":
        return Series(days, tuple(totals), len(rows))
    return Series(days, tuple(map(len, users)), len({amplitude_id for amplitude_id, _ in rows}))


def _passes(event: Event, question: Question) -> bool:
    if not question.filters:
        return True
    properties = {"event": msgspec.json.decode(event.event_properties), "user": event.user_properties}
    return all(FILTERS[each.operator](_told(properties[each.of], each.name), each.values) for each in question.filters)


def _told(properties: dict[str, Any], name: str) -> str:
    value = properties.get(name)
    return NONE if value is None else spelled(value)
