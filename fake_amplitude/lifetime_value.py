"""What new users are worth: what they had paid so many days after their first event (facts/amplitude-api.md 1.13).

A day is 24 hours from the user's first event (inferred).
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Literal

from fake_amplitude.behaviours import DAY_MS
from fake_amplitude.chart_groups import GROUPS, grouped
from fake_amplitude.chart_questions import NEW_USERS, EventChoice, rows_of
from fake_amplitude.revenue import revenue
from fake_amplitude.user_segments import only_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.chart_questions import Days, GroupBy, Interval, Row, Segment
    from fake_amplitude.records import Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World

DAYS_OF_LIFE = 90

Metric = Literal["0", "1", "2", "3"]  # ARPU, ARPPU, total revenue, paying users
Payment = tuple[int, float]  # how long after the first event, and how much


@dataclass(frozen=True, slots=True)
class LifetimeQuestion:
    """The new users between two days, interval by interval, of each segment and of each value of a property."""

    days: Days
    metric: Metric
    interval: Interval
    segments: tuple[Segment, ...]
    group_by: tuple[GroupBy, ...]
    groups_max: int = GROUPS


@dataclass(frozen=True, slots=True)
class Worth:
    """The new users of one interval: how many, and on each of 90 days what they had paid and how many of them had."""

    users: int
    paid: tuple[float, ...]
    payers: tuple[int, ...]
    paid_in_all: float
    payers_in_all: int

    def on_day(self, place: int, metric: Metric) -> float:
        """Answer the metric at the end of a day of life."""
        if metric == "2":
            return self.paid[place]
        if metric == "3":
            return self.payers[place]
        share_of = self.users if metric == "0" else self.payers[place]
        return self.paid[place] / share_of if share_of else 0


@dataclass(frozen=True, slots=True)
class LifetimeLine:
    """One series: of a segment, and of a group when the question asked for groups; by when users were new."""

    segment: int
    group: str
    worth: dict[int, Worth]


def lifetime_value(world: World, project: Project, question: LifetimeQuestion) -> list[LifetimeLine]:
    """Answer the series, of each segment the largest groups first. Raises `NotFound` for an unknown cohort."""
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        firsts = rows_of(warehouse, EventChoice(NEW_USERS), question.days)
        lines = []
        for place, segment in enumerate(question.segments):
            within = only_of(world, project, segment, question.days)
            for group, newcomers in grouped(warehouse, filter(within, firsts), question.group_by, question.groups_max):
                lines.append(LifetimeLine(place, group, _by_interval(warehouse, newcomers, question)))
        return lines


def _by_interval(warehouse: Warehouse, newcomers: Sequence[Row], question: LifetimeQuestion) -> dict[int, Worth]:
    begins = question.days.buckets(question.interval)
    users: list[list[list[Payment]]] = [[] for _ in begins]
    for user, first_ms, _ in newcomers:
        users[bisect_right(begins, first_ms) - 1].append(_payments(warehouse, user, first_ms))
    return {begin_ms: _worth(of_users) for begin_ms, of_users in zip(begins, users, strict=True)}


def _payments(warehouse: Warehouse, user: int, first_ms: int) -> list[Payment]:
    """Answer what a user paid, the earliest first."""
    told_of = ((event.time_ms - first_ms, revenue(event)) for event in warehouse.activity(user))
    return sorted((after_ms, amount) for after_ms, amount in told_of if amount is not None)


def _worth(of_users: Sequence[Sequence[Payment]]) -> Worth:
    paid, payers = [0.0] * DAYS_OF_LIFE, [0] * DAYS_OF_LIFE
    for payments in of_users:
        for first_one, (after_ms, amount) in enumerate(payments):
            if after_ms < DAYS_OF_LIFE * DAY_MS:
                paid[after_ms // DAY_MS] += amount
                payers[after_ms // DAY_MS] += first_one == 0
    return Worth(
        users=len(of_users),
        paid=tuple(accumulate(paid)),
        payers=tuple(accumulate(payers)),
        paid_in_all=sum(amount for payments in of_users for _, amount in payments),
        payers_in_all=sum(bool(payments) for payments in of_users),
    )
