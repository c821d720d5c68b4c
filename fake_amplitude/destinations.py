"""Where cohorts can be synced to, as set up in the catalogue of destinations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fake_amplitude.records import Destination

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_amplitude.records import Project
    from fake_amplitude.world import World


def add(
    world: World,
    project: Project,
    *,
    name: str,
    url: str,
    headers: Mapping[str, str],
    mapped_property: str,
    batch_size: int,
) -> Destination:
    """Connect a list-based partner."""
    if batch_size < 1:
        raise ValueError(f"a batch holds at least one user, not {batch_size}")
    with world.state.lock:
        destination = Destination(world.ids(), project.id, name, url, dict(headers), mapped_property, batch_size)
        world.state.destinations[destination.id] = destination
        return destination


def change_mapping(world: World, destination_id: str, mapped_property: str) -> Destination:
    """Send another property from now on; users already sent keep the old value (facts/integration.md 2.3)."""
    with world.state.lock:
        destination = replace(world.state.destinations[destination_id], mapped_property=mapped_property)
        world.state.destinations[destination_id] = destination
        return destination
