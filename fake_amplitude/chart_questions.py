"""What a chart can ask: which events, of whom, in which intervals, measured how (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from fake_amplitude import errors
from fake_amplitude.behaviours import ANY_EVENT, DAY_MS, columns_of
from fake_amplitude.property_filters import passes
from fake_amplitude.revenue import REVENUE_AMOUNT, revenue
from fake_amplitude.rules import Performed, PropertyFilter  # noqa: TC001 - whoever reads a choice of JSON needs its types
from fake_amplitude.wire.moments import EPOCH, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fake_amplitude.warehouse import Warehouse

Interval = str  # a number of days, of which 30 are a month, or minus a number of milliseconds

NEW_USERS, ALL_EVENTS = "_new", "_all"
CUSTOM_EVENT = "ce:"
VERIFIED = "verified_revenue"  # by a store's receipt, of which none is ever shown here
OF_REVENUE = (REVENUE_AMOUNT, "unverified_revenue", VERIFIED)
SPECIAL = (ANY_EVENT, NEW_USERS, ALL_EVENTS, *OF_REVENUE)
DAYS_MAX = 366
MONTH: Interval = "30"
SHORT_INTERVALS_MAX: dict[Interval, int] = {"-300000": 2, "-3600000": 7}  # days that a chart can show of them

Row = tuple[int, int, int]  # user, time, number of the event


@dataclass(frozen=True, slots=True)
class GroupBy:
    """A property by whose values a series is split."""

    of: Literal["event", "user"]
    name: str


@dataclass(frozen=True, slots=True)
class EventChoice:
    """Events of a type that pass the filters.

    `_active` and `_all` are any event, `_new` a user's first, `ce:NAME` what the dashboard says the custom event is.
    """

    event_type: str
    filters: tuple[PropertyFilter, ...] = ()
    group_by: tuple[GroupBy, ...] = ()


@dataclass(frozen=True, slots=True)
class Segment:
    """Users with such properties at the event, in (or not in) such cohorts, who did such things."""

    filters: tuple[PropertyFilter, ...] = ()
    cohorts: tuple[tuple[str, bool], ...] = ()  # cohort id, whether users are to be in it
    performed: tuple[tuple[Performed, bool], ...] = ()  # what users did, whether in the chart's days only


@dataclass(frozen=True, slots=True)
class Days:
    """From the first moment of one day to the last of another."""

    start_ms: int
    end_ms: int

    def __post_init__(self) -> None:
        if not 0 <= self.end_ms - self.start_ms < DAYS_MAX * DAY_MS:
            raise errors.InvalidRestRequest("Invalid date range.")

    @property
    def until_ms(self) -> int:
        """The first moment after the last day."""
        return self.end_ms + DAY_MS

    @property
    def count(self) -> int:
        """How many days these are."""
        return (self.until_ms - self.start_ms) // DAY_MS

    @staticmethod
    def reaching(days: Days, further_ms: int) -> Days:
        """Answer the days and what follows them for a while, up to a year in all."""
        furthest_ms = min(days.end_ms + further_ms, days.start_ms + (DAYS_MAX - 1) * DAY_MS)
        return Days(days.start_ms, furthest_ms)

    def buckets(self, interval: Interval) -> tuple[int, ...]:
        """Answer when each interval begins; months begin on the first day and on every first of a month."""
        if interval == MONTH:
            return tuple(self._months())
        if self.count > SHORT_INTERVALS_MAX.get(interval, DAYS_MAX):
            raise errors.InvalidRestRequest("Invalid date range for the interval.")
        return tuple(range(self.start_ms, self.until_ms, step_ms(interval)))

    def before(self, interval: Interval, count: int) -> tuple[int, ...]:
        """Answer when so many intervals before the first begin; with the days they reach over a year at most."""
        if interval == MONTH:
            begins = [begin_ms for _, begin_ms in zip(range(count), self._earlier_months(), strict=False)][::-1]
        else:
            begins = [self.start_ms - place * step_ms(interval) for place in range(count, 0, -1)]
        earliest_ms = self.end_ms - (DAYS_MAX - 1) * DAY_MS
        return tuple(begin_ms for begin_ms in begins if begin_ms >= earliest_ms)

    def _earlier_months(self) -> Iterator[int]:
        begins_at = moment(self.start_ms)
        while begins_at > EPOCH:
            begins_at = (begins_at - timedelta(days=1)).replace(day=1)
            yield (begins_at - EPOCH) // timedelta(milliseconds=1)

    def _months(self) -> Iterator[int]:
        begins_ms = self.start_ms
        while begins_ms < self.until_ms:
            yield begins_ms
            next_month = (moment(begins_ms).replace(day=1) + timedelta(days=31)).replace(day=1)
            begins_ms = (next_month - EPOCH) // timedelta(milliseconds=1)


def step_ms(interval: Interval) -> int:
    """Answer how long an interval is that is not a month."""
    number = int(interval)
    return number * DAY_MS if number > 0 else -number


def cost_of(days: Days, segments: Sequence[Segment], events: Sequence[EventChoice], kind: int) -> int:
    """Answer what a chart costs: its days, times its conditions (at least one), times the cost of its kind."""
    asked = sum(len(each.filters) + len(each.cohorts) + len(each.performed) for each in segments)
    asked += sum(len(event.filters) for event in events)
    return days.count * max(1, asked) * kind


def rows_of(warehouse: Warehouse, choice: EventChoice, days: Days) -> list[Row]:
    """Answer the events of a choice by time; raises `InvalidRestRequest` for a type that nobody has done yet."""
    if choice.event_type.startswith(CUSTOM_EVENT):
        return _rows_of_custom(warehouse, choice, days)
    if not _is_known(warehouse, choice.event_type):
        raise errors.InvalidRestRequest(f"Unknown event type: {choice.event_type}")
    is_new = choice.event_type == NEW_USERS
    found = iter(_firsts(warehouse)) if is_new else _all_rows(warehouse, choice.event_type)
    events, filters = warehouse.events, choice.filters
    within = (row for row in found if days.start_ms <= row[1] < days.until_ms)
    if choice.event_type == VERIFIED:
        return []
    if choice.event_type in OF_REVENUE:
        within = (row for row in within if revenue(events[row[2]]) is not None)
    return sorted((row for row in within if not filters or passes(events[row[2]], filters)), key=lambda row: row[1:])


def _is_known(warehouse: Warehouse, event_type: str) -> bool:
    return event_type in warehouse.by_type or event_type in SPECIAL


def _rows_of_custom(warehouse: Warehouse, choice: EventChoice, days: Days) -> list[Row]:
    """Answer the events that are any of a custom event's parts; a part that nobody has done yet adds nothing."""
    parts = warehouse.custom_events.get(choice.event_type.removeprefix(CUSTOM_EVENT))
    if parts is None:
        raise errors.InvalidRestRequest(f"Unknown event type: {choice.event_type}")
    known = (part for part in parts if _is_known(warehouse, part.event_type))
    narrowed = (replace(part, filters=(*part.filters, *choice.filters)) for part in known)
    rows = dict.fromkeys(row for part in narrowed for row in rows_of(warehouse, part, days))
    return sorted(rows, key=lambda row: row[1:])


def _all_rows(warehouse: Warehouse, event_type: str) -> Iterator[Row]:
    canonical = warehouse.identity.counted_as
    wanted = ANY_EVENT if event_type in SPECIAL else event_type
    for columns in columns_of(wanted, warehouse):
        for credited, time_ms, number in zip(columns.amplitude_ids, columns.times, columns.numbers, strict=True):
            yield canonical(credited), time_ms, number


def _firsts(warehouse: Warehouse) -> list[Row]:
    firsts: dict[int, Row] = {}
    for row in _all_rows(warehouse, ANY_EVENT):
        first = firsts.get(row[0])
        if first is None or row[1:] < first[1:]:
            firsts[row[0]] = row
    return list(firsts.values())
