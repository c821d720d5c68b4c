"""Where cohorts can be synced to, as set up in the catalogue of destinations."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from fake_amplitude import sync_schedule
from fake_amplitude.records import Destination

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_amplitude.records import Project, Protocol
    from fake_amplitude.world import World

WEBHOOK_HEADERS_MAX = 5


def add(
    world: World,
    project: Project,
    *,
    name: str,
    url: str,
    headers: Mapping[str, str],
    mapped_property: str,
    batch_size: int,
    protocol: Protocol,
    slugifies: bool,
) -> Destination:
    """Connect a partner or a cohort webhook."""
    if batch_size < 1:
        raise ValueError(f"a batch holds at least one user, not {batch_size}")
    if protocol == "webhook" and len(headers) > WEBHOOK_HEADERS_MAX:
        raise ValueError(f"a cohort webhook has at most {WEBHOOK_HEADERS_MAX} headers of its own")
    with world.state.lock:
        destination = Destination(
            world.ids(),
            project.id,
            name,
            url,
            dict(headers),
            mapped_property,
            batch_size,
            protocol,
            slugifies,
        )
        world.state.destinations[destination.id] = destination
        return destination


def remove(world: World, destination_id: str) -> None:
    """Disconnect a destination; its syncs end, and it keeps what it has (facts/integration.md 2.5 A40)."""
    with world.state.lock:
        for pair in [pair for pair in world.state.syncs if pair[1] == destination_id]:
            sync_schedule.stop(world, pair)
        del world.state.destinations[destination_id]


def rotate_credentials(world: World, destination_id: str, headers: Mapping[str, str]) -> Destination:
    """Send other credentials from now on."""
    with world.state.lock:
        destination = replace(world.state.destinations[destination_id], headers=dict(headers))
        world.state.destinations[destination_id] = destination
        return destination


def change_mapping(world: World, destination_id: str, mapped_property: str) -> Destination:
    """Send another property from now on; users already sent keep the old value (facts/integration.md 2.3)."""
    with world.state.lock:
        before = world.state.destinations[destination_id]
        if mapped_property == before.mapped_property:
            return before
        for pair, audience in world.state.audiences.items():
            if pair[1] == destination_id:
                audience.freeze()
        destination = replace(before, mapped_property=mapped_property)
        world.state.destinations[destination_id] = destination
        return destination
