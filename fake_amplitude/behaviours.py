"""Who did what, how often, in which order (facts/amplitude-api.md 1.11, 3.3).

Answered from columns of numbers; a stored event is looked up only where a rule asks for its properties. Users are
counted after merges. A window reaches from `days` ago to now, both ends included.
"""

from __future__ import annotations

import operator
from collections import Counter
from typing import TYPE_CHECKING

from fake_amplitude.property_filters import number_of, passes, value_of
from fake_amplitude.rules import FirstTime, InSequence, Performed, SumOf

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from fake_amplitude.rules import Behaviour, Comparison
    from fake_amplitude.warehouse import EventColumns, Warehouse

DAY_MS = 24 * 3_600_000
ANY_EVENT = "_active"
COMPARISONS: dict[Comparison, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "=": operator.eq,
    ">": operator.gt,
    "<": operator.lt,
    "!=": operator.ne,
}

Row = tuple[int, int, int]  # user, time, number of the event


def doers(rule: Behaviour, warehouse: Warehouse, now_ms: int, everyone: set[int]) -> set[int]:
    """Answer the users of `everyone` who behaved like that."""
    match rule:
        case Performed():
            return _compared(_counts(rule, warehouse, now_ms), (rule.comparison, rule.times), everyone)
        case SumOf():
            return _compared(_sums(rule, warehouse, now_ms), (rule.comparison, rule.amount), everyone)
        case InSequence():
            return _in_sequence(rule, warehouse, now_ms)
        case FirstTime():
            since_ms = now_ms - rule.days * DAY_MS
            firsts = _earliest(_rows(rule.event_type, warehouse, 0, now_ms))
            return {user for user, (time_ms, _) in firsts.items() if time_ms >= since_ms}


def columns_of(event_type: str, warehouse: Warehouse) -> Iterable[EventColumns]:
    """Answer the columns of one event type; of all with `_active`."""
    if event_type == ANY_EVENT:
        return warehouse.by_type.values()
    return [warehouse.by_type[event_type]] if event_type in warehouse.by_type else []


def _rows(event_type: str, warehouse: Warehouse, since_ms: int, until_ms: int) -> Iterator[Row]:
    canonical = warehouse.identity.counted_as
    for column in columns_of(event_type, warehouse):
        for credited, time_ms, number in zip(column.amplitude_ids, column.times, column.numbers, strict=True):
            if since_ms <= time_ms <= until_ms:
                yield canonical(credited), time_ms, number


def _since(days: int | None, now_ms: int) -> int:
    return 0 if days is None else now_ms - days * DAY_MS


def _counts(rule: Performed, warehouse: Warehouse, now_ms: int) -> Counter[int]:
    since_ms = _since(rule.days, now_ms)
    if rule.filters:
        rows = _rows(rule.event_type, warehouse, since_ms, now_ms)
        return Counter(user for user, _, number in rows if passes(warehouse.events[number], rule.filters))
    counts: Counter[int] = Counter()
    for column in columns_of(rule.event_type, warehouse):
        pairs = zip(column.amplitude_ids, column.times, strict=True)
        counts.update([amplitude_id for amplitude_id, time_ms in pairs if since_ms <= time_ms <= now_ms])
    for anonymous, known in warehouse.identity.counted.items():
        if anonymous in counts:
            counts[known] += counts.pop(anonymous)
    return counts


def _sums(rule: SumOf, warehouse: Warehouse, now_ms: int) -> dict[int, float]:
    sums: dict[int, float] = {}
    for user, _, number in _rows(rule.event_type, warehouse, _since(rule.days, now_ms), now_ms):
        value = number_of(value_of(warehouse.events[number], "event", rule.property_name))
        if value == value:  # noqa: PLR0124 - NaN, the number of what is no number, differs from itself
            sums[user] = sums.get(user, 0) + value
    return sums


def _compared(totals: Mapping[int, float], wanted: tuple[Comparison, float], everyone: set[int]) -> set[int]:
    compare, amount = COMPARISONS[wanted[0]], wanted[1]
    satisfied = {user for user, total in totals.items() if compare(total, amount)}
    return satisfied | everyone.difference(totals) if compare(0, amount) else satisfied


def _in_sequence(rule: InSequence, warehouse: Warehouse, now_ms: int) -> set[int]:
    """Answer who did all steps in order: the earliest way through is one if any is."""
    since_ms = _since(rule.days, now_ms)
    reached = dict.fromkeys(warehouse.active_ids(), (since_ms, -1))
    for step in rule.steps:
        rows = _rows(step, warehouse, since_ms, now_ms)
        reached = _earliest(row for row in rows if row[0] in reached and row[1:] > reached[row[0]])
    return set(reached)


def _earliest(rows: Iterable[Row]) -> dict[int, tuple[int, int]]:
    firsts: dict[int, tuple[int, int]] = {}
    for user, *at in rows:
        moment = (at[0], at[1])
        firsts[user] = min(moment, firsts.get(user, moment))
    return firsts
