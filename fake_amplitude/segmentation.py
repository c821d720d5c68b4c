"""How often events happened, to how many users, and what they carried, interval by interval (facts 1.13).

A rolling window or average looks at the intervals before the first day as well, up to a year in all.
"""

from __future__ import annotations

import math
from bisect import bisect_right
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from fake_amplitude import errors
from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.chart_buckets import MEASURES, NOT_ROLLING, OF_PROPERTY, Bucket, Rolling
from fake_amplitude.chart_groups import EVERYTHING, GROUPS, grouped
from fake_amplitude.chart_questions import OF_REVENUE, Days, EventChoice, Segment, rows_of
from fake_amplitude.formulas import Measured, measured_in, value
from fake_amplitude.property_filters import number_of, value_of
from fake_amplitude.revenue import revenue
from fake_amplitude.user_segments import only_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from fake_amplitude.chart_buckets import Measure
    from fake_amplitude.chart_questions import GroupBy, Interval, Row
    from fake_amplitude.formulas import Formula
    from fake_amplitude.records import Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World

Within = tuple["Callable[[Row], bool]", int]  # a segment's test of rows, and its place


@dataclass(frozen=True, slots=True)
class Question:
    """Events between two days, measured in intervals, of each segment and of each group; by a formula, where given."""

    events: tuple[EventChoice, ...]
    days: Days
    measure: Measure = "uniques"
    interval: Interval = "1"
    segments: tuple[Segment, ...] = (Segment(),)
    group_by: tuple[GroupBy, ...] = ()
    groups_max: int = GROUPS
    rolling: Rolling = NOT_ROLLING
    formula: Formula | None = None


@dataclass(frozen=True, slots=True)
class Line:
    """One series: of an event (or the formula, 0), a segment, and a group when the question asked for groups."""

    event: int
    segment: int
    group: str
    values: tuple[float, ...]
    collapsed: float


def segmented(world: World, project: Project, question: Question) -> list[Line]:
    """Answer the series; raises `InvalidRestRequest` for an event that nobody has done yet."""
    with world.state.lock:
        segments = enumerate(question.segments)
        withins = [(only_of(world, project, segment, question.days), place) for place, segment in segments]
        chart = _Chart(world.state.warehouses[project.id], question)
        if question.formula is not None:
            return [line for within in withins for line in chart.formula_lines(question.formula, within)]
        return [
            line for event in range(len(question.events)) for within in withins for line in chart.lines(event, within)
        ]


@dataclass(slots=True)
class _Group:
    """The intervals of one group, those before the first day included, and the days of the chart as one."""

    buckets: list[Bucket]
    whole: Bucket


class _Chart:
    """One question about one warehouse."""

    def __init__(self, warehouse: Warehouse, question: Question) -> None:
        self._warehouse, self._question, days = warehouse, question, question.days
        lead = days.before(question.interval, question.rolling.lead)
        self._shown = days.buckets(question.interval)
        self._begins = (*lead, *self._shown)
        self._days = Days(self._begins[0], days.end_ms)
        measures = {each.measure for each in measured_in(question.formula or 0)} or {question.measure}
        needs_active = "pct_dau" in measures
        self._active = rows_of(warehouse, EventChoice(ANY_EVENT), self._days) if needs_active else []

    def lines(self, event: int, within: Within) -> list[Line]:
        """Answer the series of one event and one segment, the largest groups first."""
        measure, choice = MEASURES[self._question.measure], self._question.events[event]
        groups = self._groups(choice, within[0], measures_property=self._question.measure in OF_PROPERTY)
        return [
            Line(
                event,
                within[1],
                group,
                self._rolled([measure(bucket) for bucket in known.buckets]),
                measure(known.whole),
            )
            for group, known in groups.items()
        ]

    def formula_lines(self, formula: Formula, within: Within) -> list[Line]:
        """Answer the series of a formula and one segment: of every group of the first event, then of the second."""
        needed = dict.fromkeys(measured_in(formula))
        known = {
            each: self._groups(self._event(each.event), within[0], measures_property=each.measure in OF_PROPERTY)
            for each in needed
        }
        names = dict.fromkeys(group for each in known.values() for group in each)
        return [self._formula_line(formula, known, within[1], group) for group in names or {EVERYTHING: None}]

    def _formula_line(self, formula: Formula, known: dict[Measured, dict[str, _Group]], place: int, group: str) -> Line:
        nothing = _Group([Bucket()] * len(self._begins), Bucket())
        found = {each: groups.get(group, nothing) for each, groups in known.items()}
        values = [value(formula, partial(_of_interval, found, at)) for at in range(len(self._begins))]
        collapsed = value(formula, lambda each: MEASURES[each.measure](found[each].whole))
        return Line(0, place, group, self._rolled(values), collapsed)

    def _event(self, number: int) -> EventChoice:
        if number >= len(self._question.events):
            raise errors.InvalidRestRequest("The formula names an event B, and there is no e2.")
        return self._question.events[number]

    def _rolled(self, values: Sequence[float]) -> tuple[float, ...]:
        return tuple(self._question.rolling.averages(values)[-len(self._shown) :])

    def _groups(
        self, choice: EventChoice, within: Callable[[Row], bool], *, measures_property: bool
    ) -> dict[str, _Group]:
        rows = filter(within, rows_of(self._warehouse, choice, self._days))
        active = list(filter(within, self._active))
        splits = (*choice.group_by[1 if measures_property else 0 :], *self._question.group_by)
        amount = self._amount_of(choice) if measures_property else None
        groups = grouped(self._warehouse, rows, splits, self._question.groups_max)
        return {group: self._known(of_group, active, amount) for group, of_group in groups}

    def _amount_of(self, choice: EventChoice) -> Callable[[int], float]:
        events = self._warehouse.events
        if choice.event_type in OF_REVENUE:
            return lambda number: revenue(events[number]) or 0
        if not choice.group_by:
            raise errors.InvalidRestRequest("sums and value_avg need a group_by property to measure.")
        by = choice.group_by[0]
        return lambda number: number_of(value_of(events[number], by.of, by.name))

    def _known(self, rows: Iterable[Row], active: Iterable[Row], amount: Callable[[int], float] | None) -> _Group:
        buckets = [Bucket() for _ in self._begins]
        for user, time_ms, number in rows:
            buckets[bisect_right(self._begins, time_ms) - 1].add(user, amount(number) if amount else math.nan)
        for user, time_ms, _ in active:
            buckets[bisect_right(self._begins, time_ms) - 1].active.add(user)
        shown = buckets[-len(self._shown) :]
        return _Group(self._question.rolling.windows(buckets), Bucket.joined(shown))


def _of_interval(found: dict[Measured, _Group], at: int, each: Measured) -> float:
    return MEASURES[each.measure](found[each].buckets[at])


def totals_by_type(world: World, project: Project) -> dict[str, int]:
    """Answer how often each event type came, ever; the types in the order in which they were first seen."""
    with world.state.lock:
        by_type = world.state.warehouses[project.id].by_type
        return {event_type: len(columns.times) for event_type, columns in by_type.items()}
