"""Whose events a chart's segment lets through (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fake_amplitude.behaviours import doers
from fake_amplitude.curation import cohort_of
from fake_amplitude.property_filters import passes

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_amplitude.chart_questions import Days, Row, Segment
    from fake_amplitude.records import Project
    from fake_amplitude.world import World


def only_of(world: World, project: Project, segment: Segment, days: Days) -> Callable[[Row], bool]:
    """Answer a test of rows: the event's user is in the segment. Raises `NotFound` for an unknown cohort."""
    warehouse = world.state.warehouses[project.id]
    users = _users(world, project, segment, days)

    def is_within(row: Row) -> bool:
        return (users is None or row[0] in users) and (
            not segment.filters or passes(warehouse.events[row[2]], segment.filters)
        )

    return is_within


def _users(world: World, project: Project, segment: Segment, days: Days) -> set[int] | None:
    """Answer the users that cohorts and deeds leave over; None for everybody."""
    if not segment.cohorts and not segment.performed:
        return None
    warehouse = world.state.warehouses[project.id]
    left = everyone = warehouse.active_ids()
    for cohort_id, is_wanted in segment.cohorts:
        members = set(map(warehouse.identity.canonical, cohort_of(world, project, cohort_id).members))
        left = left & members if is_wanted else left - members
    for deed, in_chart_only in segment.performed:
        if in_chart_only:
            within = replace(deed, days=days.count)
            left = left & doers(within, warehouse, days.until_ms - 1, everyone)
        else:
            left = left & doers(replace(deed, days=None), warehouse, world.now_ms(), everyone)
    return left
