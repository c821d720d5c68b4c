"""How far users get through steps, and how long they take (facts/amplitude-api.md 1.13).

A user enters with a first step between the two days and has the conversion window to go on; of several entries the
one that leads furthest counts. `ordered` lets other events lie between, `sequential` does not, `unordered` takes the
steps in any order. A user is of the group that the first step says.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from statistics import mean, median
from typing import TYPE_CHECKING, Literal

from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.chart_groups import GROUPS, grouped
from fake_amplitude.chart_questions import NEW_USERS, Days, EventChoice, rows_of
from fake_amplitude.user_segments import only_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fake_amplitude.chart_questions import GroupBy, Row, Segment
    from fake_amplitude.records import Project
    from fake_amplitude.world import World

NOBODY_WENT = -1
Mode = Literal["ordered", "unordered", "sequential"]
Deed = tuple["Row", frozenset[int]]  # something done, and which steps it is


@dataclass(frozen=True, slots=True)
class FunnelQuestion:
    """Steps between two days, of each segment and of each group; `window_ms` is the time to convert.

    `only_new`: of the users whose first event lies between the two days.
    """

    steps: tuple[EventChoice, ...]
    days: Days
    mode: Mode
    segments: tuple[Segment, ...]
    window_ms: int
    only_new: bool = False
    group_by: tuple[GroupBy, ...] = ()
    groups_max: int = GROUPS


@dataclass(frozen=True, slots=True)
class Stop:
    """A step that was reached: when, and how often the step before had been done until then."""

    time_ms: int
    tries: int


Walk = tuple[Stop, ...]


@dataclass(frozen=True, slots=True)
class Funnel:
    """The walks of a segment's users, or of a group's, one each."""

    segment: int
    group: str
    walks: tuple[Walk, ...]

    def reached(self, steps: int) -> list[int]:
        """Answer how many users reached each step."""
        return [sum(len(walk) > step for walk in self.walks) for step in range(steps)]

    def transitions(self, steps: int) -> list[list[int]]:
        """Answer how long each user took to each step from the one before, in milliseconds; 0 to the first."""
        taken: list[list[int]] = [[] for _ in range(steps)]
        for walk in self.walks:
            taken[0].append(0)
            for step, (before, after) in enumerate(pairwise(walk), start=1):
                taken[step].append(after.time_ms - before.time_ms)
        return taken

    def whole(self, steps: int) -> list[int]:
        """Answer how long the whole way took those who went it."""
        return [walk[-1].time_ms - walk[0].time_ms for walk in self.walks if len(walk) == steps]

    def times(self, steps: int) -> list[tuple[float, float]]:
        """Answer the median and the mean time to each step, -1 where nobody went.

        The first is that of the whole way, as recorded of the live service.
        """
        taken = [self.whole(steps), *self.transitions(steps)[1:]]
        return [(median(each), mean(each)) if each else (NOBODY_WENT, NOBODY_WENT) for each in taken]

    def tries(self, steps: int) -> list[list[int]]:
        """Answer how often each user had done the step before; 0 at the first."""
        return [[walk[step].tries for walk in self.walks if len(walk) > step] for step in range(steps)]

    def of_day(self, start_ms: int, until_ms: int) -> Funnel:
        """Answer the part of those who entered in a stretch of time."""
        entered = tuple(walk for walk in self.walks if start_ms <= walk[0].time_ms < until_ms)
        return Funnel(self.segment, self.group, entered)


def funnels(world: World, project: Project, question: FunnelQuestion) -> list[Funnel]:
    """Answer the funnels, of each segment the largest groups first.

    Raises `InvalidRestRequest` for an event that nobody has done yet.
    """
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        deeds = _deeds_by_user(world, project, question)
        made = []
        for place, segment in enumerate(question.segments):
            within = only_of(world, project, segment, question.days)
            of_segment = ([deed for deed in done if within(deed[0])] for done in deeds.values())
            walks = dict(filter(None, (_furthest(done, question) for done in of_segment)))
            for group, entries in grouped(warehouse, walks, question.group_by, question.groups_max):
                made.append(Funnel(place, group, tuple(walks[entry] for entry in entries)))
        return made


def _deeds_by_user(world: World, project: Project, question: FunnelQuestion) -> dict[int, list[Deed]]:
    """Answer what each user did by time, with what follows the last day inside the conversion window."""
    warehouse = world.state.warehouses[project.id]
    days = Days.reaching(question.days, question.window_ms)
    steps_of: dict[int, set[int]] = {}
    for step, choice in enumerate(question.steps):
        for _, _, number in rows_of(warehouse, choice, days):
            steps_of.setdefault(number, set()).add(step)
    deeds: dict[int, list[Deed]] = {}
    for row in rows_of(warehouse, EventChoice(ANY_EVENT), days):
        steps = frozenset(steps_of.get(row[2], ()))
        if steps or question.mode == "sequential":
            deeds.setdefault(row[0], []).append((row, steps))
    if not question.only_new:
        return deeds
    newcomers = {user for user, _, _ in rows_of(warehouse, EventChoice(NEW_USERS), question.days)}
    return {user: done for user, done in deeds.items() if user in newcomers}


def _furthest(deeds: Sequence[Deed], question: FunnelQuestion) -> tuple[Row, Walk] | None:
    """Answer the entry and the walk that led furthest; None where there is no entry."""
    starts = [
        place
        for place, (row, steps) in enumerate(deeds)
        if (steps if question.mode == "unordered" else 0 in steps) and row[1] < question.days.until_ms
    ]
    walks = ((deeds[place][0], _walk(deeds[place:], question)) for place in starts)
    return max(walks, key=lambda entered: len(entered[1]), default=None)


def _walk(deeds: Sequence[Deed], question: FunnelQuestion) -> Walk:
    until_ms = deeds[0][0][1] + question.window_ms
    in_time = [(row[1], steps) for row, steps in deeds if row[1] <= until_ms]
    if question.mode == "unordered":
        return _any_order(in_time)
    reached: list[Stop] = []
    tries = 0
    for time_ms, steps in in_time:
        if len(reached) in steps:
            reached.append(Stop(time_ms, tries))
            tries = 1
        elif question.mode == "sequential":
            break
        else:
            tries += len(reached) - 1 in steps
    return tuple(reached)


def _any_order(deeds: Iterable[tuple[int, frozenset[int]]]) -> Walk:
    seen: set[int] = set()
    reached: list[Stop] = []
    for time_ms, steps in deeds:
        if steps - seen:
            seen.add(min(steps - seen))
            reached.append(Stop(time_ms, tries=min(len(reached), 1)))
    return tuple(reached)
