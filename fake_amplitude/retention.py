"""Who comes back: of those who began on a day, how many returned so many days later (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from fake_amplitude.chart_questions import rows_of
from fake_amplitude.user_segments import only_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_amplitude.chart_questions import Days, EventChoice, Interval, Row, Segment
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


@dataclass(frozen=True, slots=True)
class Returned:
    """Of `outof` users `count` returned; `incomplete` while the time to return is not over."""

    count: int
    outof: int
    incomplete: bool


Curve = dict[int, list[Returned]]  # by the beginning of the interval in which users started


def retention(world: World, project: Project, question: RetentionQuestion) -> list[Curve]:
    """Answer a curve for each segment. Raises `InvalidRestRequest` for an event that nobody has done yet."""
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        return [
            _curve(warehouse, question, only_of(world, project, segment, question.days), world.now_ms())
            for segment in question.segments
        ]


def _curve(warehouse: Warehouse, question: RetentionQuestion, within: Callable[[Row], bool], now_ms: int) -> Curve:
    begins = question.days.buckets(question.interval)
    ends = (*begins[1:], question.days.until_ms)
    started = _users_by_interval(filter_rows(warehouse, question.starting, question.days, within), begins)
    returned = _users_by_interval(filter_rows(warehouse, question.returning, question.days, within), begins)
    curve: Curve = {}
    for place, begin_ms in enumerate(begins):
        later = range(len(begins) - place)
        brackets = question.brackets or tuple((after, after + 1) for after in later)
        points = []
        for first, until in brackets:
            last = len(begins) if question.mode == "rolling" else min(place + until, len(begins))
            back: set[int] = set().union(*returned[place + first : last])
            is_open = place + until > len(begins) or ends[min(place + until, len(begins)) - 1] > now_ms
            points.append(Returned(len(back & started[place]), len(started[place]), is_open))
        curve[begin_ms] = points
    return curve


def filter_rows(warehouse: Warehouse, choice: EventChoice, days: Days, within: Callable[[Row], bool]) -> list[Row]:
    """Answer the events of a choice that a segment lets through."""
    return list(filter(within, rows_of(warehouse, choice, days)))


def _users_by_interval(rows: list[Row], begins: tuple[int, ...]) -> list[set[int]]:
    users: list[set[int]] = [set() for _ in begins]
    place = 0
    for user, time_ms, _ in rows:  # by time
        while place + 1 < len(begins) and begins[place + 1] <= time_ms:
            place += 1
        users[place].add(user)
    return users
