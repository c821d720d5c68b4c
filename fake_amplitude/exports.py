"""Which events an export holds (facts/amplitude-api.md 1.12)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_amplitude import errors

if TYPE_CHECKING:
    from fake_amplitude.records import Event, Project
    from fake_amplitude.world import World

HOUR_MS = 3_600_000
RANGE_MAX_MS = 365 * 24 * HOUR_MS
LAG_MS = 2 * HOUR_MS


def exported(world: World, project: Project, start_ms: int, end_ms: int) -> list[Event]:
    """Answer the events uploaded from hour `start_ms` to the end of hour `end_ms`.

    With documented limits an hour can be exported two hours after its end begins. Raises `NoRawData` and
    `InvalidRestRequest`.
    """
    if not 0 <= end_ms - start_ms <= RANGE_MAX_MS:
        raise errors.InvalidRestRequest("The range must be between one hour and 365 days.")
    with world.state.lock:
        until_ms = end_ms + HOUR_MS
        if world.rest_limits is not None:
            until_ms = min(until_ms, (world.now_ms() - LAG_MS) // HOUR_MS * HOUR_MS)
        events = list(world.state.warehouses[project.id].uploaded_between(start_ms, until_ms))
    if not events:
        raise errors.NoRawData
    return events
