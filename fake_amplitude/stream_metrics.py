"""How well a stream delivered in a stretch of time (facts/amplitude-api.md 1.16)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fake_amplitude import errors

if TYPE_CHECKING:
    from fake_amplitude.records import Project
    from fake_amplitude.streams import Counts
    from fake_amplitude.world import World

CUSTOM = "CUSTOM"
PERIODS = {
    "TEN_MINUTES": timedelta(minutes=10),
    "ONE_HOUR": timedelta(hours=1),
    "FOUR_HOURS": timedelta(hours=4),
    "ONE_DAY": timedelta(days=1),
    "ONE_WEEK": timedelta(weeks=1),
    "TWO_WEEKS": timedelta(weeks=2),
}


@dataclass(frozen=True, slots=True)
class Summary:
    """The counts of a period."""

    period: str
    start_ms: int
    end_ms: int
    counts: Counts


def summary(world: World, project: Project, destination_id: str, *, period: str, custom: tuple[int, int]) -> Summary:
    """Answer a stream's counts; `custom` bounds the period `CUSTOM`. Raises `NotFound` and `RateLimited`."""
    with world.state.lock:
        now_ms = world.now_ms()
        if world.rest_limits is not None:
            world.rest_limits.admit(project, "streaming metrics", now_ms)
        stream = world.state.streams.get(destination_id)
        if stream is None or stream.destination.project_id != project.id:
            raise errors.NotFound(f"Sync {destination_id} was not found.")
        start_ms, end_ms = custom
        if period != CUSTOM:
            start_ms, end_ms = now_ms - PERIODS[period] // timedelta(milliseconds=1), now_ms
        return Summary(period, start_ms, end_ms, stream.between(start_ms, end_ms))
