"""How far users get through steps, and how long they take (facts/amplitude-api.md 1.13).

A user enters with a first step between the two days and has the conversion window to go on; of several entries the
one that leads furthest counts. `ordered` lets other events lie between, `sequential` does not, `unordered` takes the
steps in any order.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median
from typing import TYPE_CHECKING, Literal

from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.chart_questions import NEW_USERS, Days, EventChoice, rows_of
from fake_amplitude.user_segments import only_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fake_amplitude.chart_questions import Segment
    from fake_amplitude.records import Project
    from fake_amplitude.world import World

Mode = Literal["ordered", "unordered", "sequential"]
Walk = tuple[int, ...]  # when each step that was reached was reached
Deed = tuple[int, frozenset[int]]  # when something was done, and which steps it is


@dataclass(frozen=True, slots=True)
class FunnelQuestion:
    """Steps between two days, each segment for itself; `window_ms` is the time to convert.

    `only_new`: of the users whose first event lies between the two days.
    """

    steps: tuple[EventChoice, ...]
    days: Days
    mode: Mode
    segments: tuple[Segment, ...]
    window_ms: int
    only_new: bool = False


@dataclass(frozen=True, slots=True)
class Funnel:
    """The walks of a segment's users, one each."""

    segment: int
    walks: tuple[Walk, ...]

    def reached(self, steps: int) -> list[int]:
        """Answer how many users reached each step."""
        return [sum(len(walk) > step for walk in self.walks) for step in range(steps)]

    def times(self, steps: int) -> list[tuple[float, float]]:
        """Answer the median and the mean time to each step from the one before, in milliseconds; 0 to the first.

        It is 0 as well where nobody went.
        """
        taken: list[list[int]] = [[] for _ in range(steps)]
        for walk in self.walks:
            for step, (before, after) in enumerate(pairwise(walk), start=1):
                taken[step].append(after - before)
        return [(median(each), mean(each)) if each else (0, 0) for each in taken]

    def of_day(self, start_ms: int, until_ms: int) -> Funnel:
        """Answer the part of those who entered in a stretch of time."""
        return Funnel(self.segment, tuple(walk for walk in self.walks if start_ms <= walk[0] < until_ms))


def funnels(world: World, project: Project, question: FunnelQuestion) -> list[Funnel]:
    """Answer a funnel for each segment. Raises `InvalidRestRequest` for an event that nobody has done yet."""
    with world.state.lock:
        deeds = _deeds_by_user(world, project, question)
        made = []
        for place, segment in enumerate(question.segments):
            within = only_of(world, project, segment, question.days)
            walks = (_furthest([deed for deed, row in done if within(row)], question) for done in deeds.values())
            made.append(Funnel(place, tuple(walk for walk in walks if walk)))
        return made


def _deeds_by_user(
    world: World, project: Project, question: FunnelQuestion
) -> dict[int, list[tuple[Deed, tuple[int, int, int]]]]:
    """Answer what each user did by time, with what follows the last day inside the conversion window."""
    warehouse = world.state.warehouses[project.id]
    days = Days.reaching(question.days, question.window_ms)
    steps_of: dict[int, set[int]] = {}
    for step, choice in enumerate(question.steps):
        for _, _, number in rows_of(warehouse, choice, days):
            steps_of.setdefault(number, set()).add(step)
    deeds: dict[int, list[tuple[Deed, tuple[int, int, int]]]] = {}
    for row in rows_of(warehouse, EventChoice(ANY_EVENT), days):
        steps = frozenset(steps_of.get(row[2], ()))
        if steps or question.mode == "sequential":
            deeds.setdefault(row[0], []).append(((row[1], steps), row))
    if not question.only_new:
        return deeds
    newcomers = {user for user, _, _ in rows_of(warehouse, EventChoice(NEW_USERS), question.days)}
    return {user: done for user, done in deeds.items() if user in newcomers}


def _furthest(deeds: Sequence[Deed], question: FunnelQuestion) -> Walk:
    starts = [
        place
        for place, (time_ms, steps) in enumerate(deeds)
        if (steps if question.mode == "unordered" else 0 in steps) and time_ms < question.days.until_ms
    ]
    walks = (_walk(deeds[place:], question) for place in starts)
    return max(walks, key=len, default=())


def _walk(deeds: Sequence[Deed], question: FunnelQuestion) -> Walk:
    until_ms = deeds[0][0] + question.window_ms
    in_time = [deed for deed in deeds if deed[0] <= until_ms]
    if question.mode == "unordered":
        return _any_order(in_time)
    reached: list[int] = []
    for time_ms, steps in in_time:
        if len(reached) in steps:
            reached.append(time_ms)
        elif question.mode == "sequential":
            break
    return tuple(reached)


def _any_order(deeds: Iterable[Deed]) -> Walk:
    seen: set[int] = set()
    reached = []
    for time_ms, steps in deeds:
        if steps - seen:
            seen.add(min(steps - seen))
            reached.append(time_ms)
    return tuple(reached)
