"""Users that are one: whose events also count for another user (facts/amplitude-api.md 1.7).

A mapped user's events appear in the global user's stream, not the reverse; counts are merged, properties are not.
"""

from __future__ import annotations

from collections import ChainMap
from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_amplitude.text_errors import InvalidMapping

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from fake_amplitude.records import Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World


@dataclass(frozen=True, slots=True)
class Mapping:
    """A wish: `user_id` is to count for `global_user_id`, or for itself again when that is None."""

    user_id: str
    global_user_id: str | None


@dataclass(frozen=True, slots=True)
class Mapped:
    """What one user is mapped to and from: pairs of Amplitude ID and user_id."""

    amplitude_id: int
    mapped_from: tuple[tuple[int, str], ...]
    mapped_to: tuple[tuple[int, str], ...]


class Mappings:
    """Who is mapped to whom, in both directions."""

    def __init__(self) -> None:
        self.to: dict[str, str | None] = {}
        self.to_me: dict[str, dict[str, None]] = {}

    def put(self, mapping: Mapping) -> None:
        """Map a user, or take the mapping away; a user is mapped to one other at most."""
        before = self.to.pop(mapping.user_id, None)
        if before is not None:
            self.to_me[before].pop(mapping.user_id)
        if mapping.global_user_id is not None:
            self.to[mapping.user_id] = mapping.global_user_id
            self.to_me.setdefault(mapping.global_user_id, {})[mapping.user_id] = None

    def root(self, user_id: str) -> str:
        """Answer the user that this one counts for in the end."""
        while (above := self.to.get(user_id)) is not None:
            user_id = above
        return user_id

    def tree(self, user_id: str) -> Iterator[str]:
        """Answer a user and all that are mapped to it, directly or not."""
        open_ends = [user_id]
        while open_ends:
            user_id = open_ends.pop()
            yield user_id
            open_ends.extend(self.to_me.get(user_id, ()))


def map_users(world: World, project: Project, mappings: Sequence[Mapping]) -> None:
    """Take every mapping in order, or raise `InvalidMapping` or `TooManyIdentifications` and take none."""
    with world.state.lock:
        if world.throttle is not None:
            world.throttle.admit_mapping(project, world.now_ms())
        warehouse = world.state.warehouses[project.id]
        _refuse_circles(warehouse.mappings, mappings)
        for mapping in mappings:
            warehouse.map_user(mapping)


def mapped_users(world: World, project: Project, user_ids: Sequence[str]) -> dict[str, Mapped | None]:
    """Answer for each user what it is mapped to and from; None for a user nobody has heard of."""
    with world.state.lock:
        warehouse = world.state.warehouses[project.id]
        return {user_id: _mapped(warehouse, user_id) for user_id in user_ids}


def _mapped(warehouse: Warehouse, user_id: str) -> Mapped | None:
    users, mappings = warehouse.identity.users, warehouse.mappings
    if user_id not in users:
        return None
    above = mappings.to.get(user_id)
    return Mapped(
        users[user_id],
        tuple((users[below], below) for below in mappings.to_me.get(user_id, ())),
        () if above is None else ((users[above], above),),
    )


def _refuse_circles(known: Mappings, mappings: Sequence[Mapping]) -> None:
    changed: dict[str, str | None] = {}
    after = ChainMap(changed, known.to)
    for mapping in mappings:
        changed[mapping.user_id] = above = mapping.global_user_id
        while above is not None:
            if above == mapping.user_id:
                raise InvalidMapping
            above = after.get(above)
