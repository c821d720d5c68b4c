"""How often events happened, to how many users, and what they carried, interval by interval (facts 1.13)."""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from fake_amplitude import errors
from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.chart_questions import REVENUE, EventChoice, Segment, revenue, rows_of
from fake_amplitude.property_filters import number_of, told, value_of
from fake_amplitude.user_segments import only_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fake_amplitude.chart_questions import Days, GroupBy, Interval, Measure, Row
    from fake_amplitude.records import Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World


@dataclass(frozen=True, slots=True)
class Question:
    """Events between two days, measured in intervals, of each segment and of each group."""

    events: tuple[EventChoice, ...]
    days: Days
    measure: Measure = "uniques"
    interval: Interval = "1"
    segments: tuple[Segment, ...] = (Segment(),)
    group_by: tuple[GroupBy, ...] = ()
    groups_max: int = 100


@dataclass(frozen=True, slots=True)
class Line:
    """One series: of an event, a segment, and a group when the question asked for groups."""

    event_type: str
    segment: int
    group: str | None
    values: tuple[float, ...]
    collapsed: float


@dataclass(slots=True)
class _Bucket:
    """What is known of one interval."""

    users: set[int] = field(default_factory=set)
    active: set[int] = field(default_factory=set)
    totals: int = 0
    numbers: int = 0
    sum: float = 0.0

    def add(self, user: int, amount: float) -> None:
        """Count an event; an amount that is no number does not count as one."""
        self.users.add(user)
        self.totals += 1
        if not math.isnan(amount):
            self.numbers += 1
            self.sum += amount


MEASURES: dict[Measure, Callable[[_Bucket], float]] = {
    "uniques": lambda bucket: len(bucket.users),
    "totals": lambda bucket: bucket.totals,
    "pct_dau": lambda bucket: 100 * len(bucket.users) / len(bucket.active) if bucket.active else 0,
    "average": lambda bucket: bucket.totals / len(bucket.users) if bucket.users else 0,
    "sums": lambda bucket: bucket.sum,
    "value_avg": lambda bucket: bucket.sum / bucket.numbers if bucket.numbers else 0,
}


def segmented(world: World, project: Project, question: Question) -> list[Line]:
    """Answer the series; raises `InvalidRestRequest` for an event that nobody has done yet."""
    with world.state.lock:
        withins = [only_of(world, project, segment, question.days) for segment in question.segments]
        chart = _Chart(world.state.warehouses[project.id], question)
        return [
            line
            for choice in question.events
            for place, within in enumerate(withins)
            for line in chart.lines(choice, place, within)
        ]


class _Chart:
    """One question about one warehouse."""

    def __init__(self, warehouse: Warehouse, question: Question) -> None:
        self._warehouse, self._question = warehouse, question
        self._begins = question.days.buckets(question.interval)
        needs_active = question.measure == "pct_dau"
        self._active = rows_of(warehouse, EventChoice(ANY_EVENT), question.days) if needs_active else []

    def lines(self, choice: EventChoice, place: int, within: Callable[[Row], bool]) -> list[Line]:
        """Answer the series of one event and one segment, the largest groups first."""
        rows = list(filter(within, rows_of(self._warehouse, choice, self._question.days)))
        active = list(filter(within, self._active))
        measures_property = self._question.measure in ("sums", "value_avg")
        splits = (*choice.group_by[1 if measures_property else 0 :], *self._question.group_by)
        amount = self._amount_of(choice) if measures_property else None
        return [
            Line(choice.event_type, place, group, *self._series(of_group, active, amount))
            for group, of_group in self._grouped(rows, splits)
        ]

    def _amount_of(self, choice: EventChoice) -> Callable[[int], float]:
        events = self._warehouse.events
        if choice.event_type == REVENUE:
            return lambda number: revenue(events[number]) or 0
        if not choice.group_by:
            raise errors.InvalidRestRequest("sums and value_avg need a group_by property to measure.")
        by = choice.group_by[0]
        return lambda number: number_of(value_of(events[number], by.of, by.name))

    def _grouped(self, rows: list[Row], splits: Sequence[GroupBy]) -> list[tuple[str | None, list[Row]]]:
        if not splits:
            return [(None, rows)]
        groups: dict[str, list[Row]] = {}
        for row in rows:
            event = self._warehouse.events[row[2]]
            groups.setdefault("; ".join(told(event, by.of, by.name) for by in splits), []).append(row)
        largest = sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))
        return [*largest[: self._question.groups_max]]

    def _series(
        self, rows: Iterable[Row], active: Iterable[Row], amount: Callable[[int], float] | None
    ) -> tuple[tuple[float, ...], float]:
        buckets, whole = [_Bucket() for _ in self._begins], _Bucket()
        for user, time_ms, number in rows:
            for bucket in (buckets[bisect_right(self._begins, time_ms) - 1], whole):
                bucket.add(user, amount(number) if amount else math.nan)
        for user, time_ms, _ in active:
            buckets[bisect_right(self._begins, time_ms) - 1].active.add(user)
            whole.active.add(user)
        measure = MEASURES[self._question.measure]
        return tuple(map(measure, buckets)), measure(whole)


def totals_by_type(world: World, project: Project) -> dict[str, int]:
    """Answer how often each event type came, ever."""
    with world.state.lock:
        by_type = world.state.warehouses[project.id].by_type
        return {event_type: len(columns.times) for event_type, columns in sorted(by_type.items())}
