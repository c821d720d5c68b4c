"""Who comes back: of those who began on a day, how many returned so many days later (facts/amplitude-api.md 1.13).

Of each day the live service tells how many began, then who returned within the day, on the next day, and so on until
today, be the last day asked for as long ago as it may; so three of its clients read it.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from operator import or_
from typing import TYPE_CHECKING, Literal

from fake_amplitude.behaviours import DAY_MS
from fake_amplitude.chart_groups import grouped
from fake_amplitude.chart_questions import Days, rows_of
from fake_amplitude.user_segments import only_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fake_amplitude.chart_questions import EventChoice, GroupBy, Interval, Row, Segment
    from fake_amplitude.records import Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World

Mode = Literal["bracket", "rolling", "nday"]
Brackets = tuple[tuple[int, int], ...]  # from interval, up to and without interval


@dataclass(frozen=True, slots=True)
class RetentionQuestion:
    """Who did `starting` between two days and later `returning`; brackets are of intervals after the start."""

    starting: EventChoice
    returning: EventChoice
    days: Days
    mode: Mode
    interval: Interval
    segments: tuple[Segment, ...]
    brackets: Brackets
    group_by: tuple[GroupBy, ...] = ()


@dataclass(frozen=True, slots=True)
class Returned:
    """Of `outof` users `count` returned; `incomplete` while the time to return is not over."""

    count: int
    outof: int
    incomplete: bool


Curve = dict[int, list[Returned]]  # by the beginning of the interval in which users started


@dataclass(frozen=True, slots=True)
class RetentionLine:
    """One series: of a segment, and of a group when the question asked for groups."""

    segment: int
    group: str
    curve: Curve


def retention(world: World, project: Project, question: RetentionQuestion) -> list[RetentionLine]:
    """Answer the series, of each segment the largest groups first.

    Raises `InvalidRestRequest` for an event that nobody has done yet.
    """
    with world.state.lock:
        chart = _Chart(world.state.warehouses[project.id], question, world.now_ms())
        return [
            line
            for place, segment in enumerate(question.segments)
            for line in chart.lines(place, only_of(world, project, segment, question.days))
        ]


class _Chart:
    """One question about one warehouse, asked at one moment."""

    def __init__(self, warehouse: Warehouse, question: RetentionQuestion, now_ms: int) -> None:
        self._warehouse, self._question, self._now_ms = warehouse, question, now_ms
        today_ms = now_ms // DAY_MS * DAY_MS
        self._days = Days.reaching(question.days, max(0, today_ms - question.days.end_ms))
        self._begins = self._days.buckets(question.interval)
        self._ends = (*self._begins[1:], self._days.until_ms)

    def lines(self, segment: int, within: Callable[[Row], bool]) -> list[RetentionLine]:
        """Answer the series of one segment."""
        asked = self._question
        started = filter(within, rows_of(self._warehouse, asked.starting, asked.days))
        returned = self._users(filter(within, rows_of(self._warehouse, asked.returning, self._days)))
        if asked.mode == "rolling":
            returned = list(accumulate(reversed(returned), or_))[::-1]  # who returned then or later
        return [
            RetentionLine(segment, group, self._curve(self._users(rows), returned))
            for group, rows in grouped(self._warehouse, started, asked.group_by)
        ]

    def _curve(self, started: list[set[int]], returned: list[set[int]]) -> Curve:
        shown = [place for place, begin_ms in enumerate(self._begins) if begin_ms < self._question.days.until_ms]
        return {self._begins[place]: list(self._points(place, started[place], returned)) for place in shown}

    def _points(self, place: int, users: set[int], returned: list[set[int]]) -> Iterable[Returned]:
        yield Returned(len(users), len(users), incomplete=False)
        count = len(self._begins)
        for first, until in self._question.brackets or [(after, after + 1) for after in range(count - place)]:
            back: set[int] = set().union(*returned[place + first : place + until])
            is_open = place + until > count or self._ends[place + until - 1] > self._now_ms
            yield Returned(len(back & users), len(users), is_open)

    def _users(self, rows: Iterable[Row]) -> list[set[int]]:
        users: list[set[int]] = [set() for _ in self._begins]
        for user, time_ms, _ in rows:
            users[bisect_right(self._begins, time_ms) - 1].add(user)
        return users
