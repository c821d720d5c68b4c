"""Which values a property has among the active users of some days (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.chart_questions import EventChoice, rows_of
from fake_amplitude.property_filters import NONE
from fake_amplitude.user_properties import property_of, spelled

if TYPE_CHECKING:
    from fake_amplitude.chart_questions import Days
    from fake_amplitude.records import Project
    from fake_amplitude.world import World


def composed(world: World, project: Project, days: Days, name: str) -> list[tuple[str, int]]:
    """Answer each value with the number of users that have it now, the commonest first."""
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        active = sorted({user for user, _, _ in rows_of(warehouse, EventChoice(ANY_EVENT), days)})
        values = [property_of(warehouse.profiles.of(user), name) for user in active]
        counts = Counter(NONE if value is None or value == "" else spelled(value) for value in values)
        return sorted(counts.items(), key=lambda count: (-count[1], count[0]))
