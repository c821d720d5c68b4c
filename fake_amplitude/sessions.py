"""How long sessions are and how many a user has (facts/amplitude-api.md 1.13); a session has a user and a number."""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING

import msgspec

from fake_amplitude.behaviours import ANY_EVENT, DAY_MS
from fake_amplitude.chart_questions import EventChoice, rows_of
from fake_amplitude.records import NO_SESSION

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.chart_questions import Days
    from fake_amplitude.records import Project
    from fake_amplitude.world import World

Span = tuple[int, int]  # first and last moment of a session


def spans(world: World, project: Project, days: Days) -> dict[tuple[int, int], Span]:
    """Answer the sessions of some days by user and session number."""
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        found: dict[tuple[int, int], Span] = {}
        for user, time_ms, number in rows_of(warehouse, EventChoice(ANY_EVENT), days):
            session: int = msgspec.json.decode(warehouse.events[number].details).get("session_id", NO_SESSION)
            if session != NO_SESSION:
                first, last = found.get((user, session), (time_ms, time_ms))
                found[user, session] = (min(first, time_ms), max(last, time_ms))
        return found


def lengths(world: World, project: Project, days: Days, bounds_s: Sequence[int]) -> list[int]:
    """Answer how many sessions are as long as each bound, in seconds, or longer, and shorter than the next one."""
    counts = [0] * (len(bounds_s) - 1)
    for first, last in spans(world, project, days).values():
        place = bisect_right(bounds_s, (last - first) / 1_000) - 1
        if 0 <= place < len(counts):
            counts[place] += 1
    return counts


def average_s(world: World, project: Project, days: Days) -> list[float]:
    """Answer the mean length of each day's sessions in seconds; a session is of the day of its beginning."""
    taken: list[list[float]] = [[] for _ in range(days.count)]
    for first, last in spans(world, project, days).values():
        taken[(first - days.start_ms) // DAY_MS].append((last - first) / 1_000)
    return [sum(each) / len(each) if each else 0 for each in taken]


def per_user(world: World, project: Project, days: Days) -> list[float]:
    """Answer how many sessions each day's users with a session had on that day."""
    owners: list[list[int]] = [[] for _ in range(days.count)]
    for (user, _), (first, _) in spans(world, project, days).items():
        owners[(first - days.start_ms) // DAY_MS].append(user)
    return [len(each) / len(set(each)) if each else 0 for each in owners]
