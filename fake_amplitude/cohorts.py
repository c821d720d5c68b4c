"""Who is in a cohort. Users are Amplitude IDs after merges, anonymous ones included (facts/amplitude-api.md 3.3)."""

from __future__ import annotations

import operator
from collections import Counter
from typing import TYPE_CHECKING, Any

from fake_amplitude.rules import AllOf, AnyOf, Not, Performed, PropertyIs, PropertyIsNot, PropertyIsSet
from fake_amplitude.user_properties import property_of, spelled

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fake_amplitude.rules import Rule
    from fake_amplitude.warehouse import EventColumns, Warehouse

DAY_MS = 24 * 3_600_000
ANY_EVENT = "_active"
COMPARISONS: dict[str, Callable[[int, int], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    "!=": operator.ne,
}


def members(rule: Rule, warehouse: Warehouse, now_ms: int) -> frozenset[int]:
    """Answer the users that satisfy the rule now, among those with at least one event."""
    return frozenset(_members(rule, warehouse, now_ms, warehouse.active_ids()))


def _members(rule: Rule, warehouse: Warehouse, now_ms: int, everyone: set[int]) -> set[int]:
    match rule:
        case Performed():
            return _performers(rule, warehouse, now_ms, everyone)
        case PropertyIs(name, values):
            return _having(warehouse, everyone, name, lambda value: spelled(value) in values)
        case PropertyIsSet(name):
            return _having(warehouse, everyone, name, lambda _: True)
        case PropertyIsNot() | Not():
            return everyone - _members(_denied(rule), warehouse, now_ms, everyone)
        case AllOf(rules):
            sets = (_members(inner, warehouse, now_ms, everyone) for inner in rules)
            return everyone.intersection(*sets)
        case AnyOf(rules):
            return set().union(*(_members(inner, warehouse, now_ms, everyone) for inner in rules))


def _denied(rule: PropertyIsNot | Not) -> Rule:
    return rule.rule if isinstance(rule, Not) else PropertyIs(rule.name, rule.values)


def _performers(rule: Performed, warehouse: Warehouse, now_ms: int, everyone: set[int]) -> set[int]:
    since_ms = 0 if rule.days is None else now_ms - rule.days * DAY_MS
    counts = _counts(_columns(rule.event_type, warehouse), warehouse, since_ms, now_ms)
    compare = COMPARISONS[rule.comparison]
    satisfied = {amplitude_id for amplitude_id, times in counts.items() if compare(times, rule.times)}
    return satisfied | everyone.difference(counts) if compare(0, rule.times) else satisfied


def _columns(event_type: str, warehouse: Warehouse) -> Iterable[EventColumns]:
    if event_type == ANY_EVENT:
        return warehouse.by_type.values()
    return [warehouse.by_type[event_type]] if event_type in warehouse.by_type else []


def _counts(columns: Iterable[EventColumns], warehouse: Warehouse, since_ms: int, until_ms: int) -> Counter[int]:
    counts: Counter[int] = Counter()
    for column in columns:
        rows = zip(column.amplitude_ids, column.times, strict=True)
        counts.update([amplitude_id for amplitude_id, time_ms in rows if since_ms <= time_ms <= until_ms])
    for anonymous, known in warehouse.identity.merged.items():
        if anonymous in counts:
            counts[known] += counts.pop(anonymous)
    return counts


def _having(warehouse: Warehouse, everyone: set[int], name: str, accepts: Callable[[Any], bool]) -> set[int]:
    values = ((each, property_of(warehouse.profiles.of(each), name)) for each in everyone)
    return {each for each, value in values if value is not None and value != "" and accepts(value)}
