"""Journeys: kept and changed as the API allows. Nobody travels through them in this fake, so their counts are zero.

A journey begins as a draft. Activation is immediate here (the service shows `processing` for a moment), a scheduled
journey becomes active and a running one archived when the clock says so, and archiving is for good
(facts/onesignal-api.md 2.3).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from msgspec import Struct

from fake_onesignal.journey_definition import Definition, Schedule, State, changed, every_node, linked
from fake_onesignal.journey_errors import (
    JourneyChangedError,
    JourneyNotFoundError,
    JourneyRefusedError,
    JourneyStateError,
)
from fake_onesignal.records import replace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fake_onesignal.journey_definition import Branch, Node
    from fake_onesignal.state import AppState, World

PAGE_MAX: Final = 50
MAY_BECOME: Final[Mapping[State, tuple[State, ...]]] = {
    "draft": ("draft", "scheduled", "active"),
    "scheduled": ("draft", "scheduled", "active", "archived"),
    "processing": ("draft", "active", "archived"),
    "active": ("active", "archived"),
    "archived": (),
}
"""What may follow what; from scheduled and active to archived also by the clock."""


class Journey(Struct, frozen=True, kw_only=True):
    """One journey; `revision` counts its changes, times are UTC."""

    id: str
    app_id: str
    definition: Definition
    created_at: datetime
    updated_at: datetime
    state: State = "draft"
    started_at: datetime | None = None
    archived_at: datetime | None = None
    revision: int = 1

    @property
    def concurrency_key(self) -> str:
        """What a caller sends back to say which revision was read."""
        return str(uuid5(UUID(self.id), f"revision {self.revision}"))


def create(world: World, state: AppState, definition: Definition) -> Journey:
    """Keep a new draft; every node and branch gets an id."""
    if any(node.id for node in every_node(definition.nodes)):
        raise JourneyRefusedError("nodes: id is assigned by the server and can not be set on create")
    return duplicate(world, state, definition)


def duplicate(world: World, state: AppState, definition: Definition) -> Journey:
    """Keep a new draft whose definition may be that of another journey; every node and branch gets an id of its own."""
    now = world.now()
    journey = Journey(
        id=world.ids(),
        app_id=state.app.id,
        definition=_numbered(world, definition, anew=True),
        created_at=now,
        updated_at=now,
    )
    state.journeys[journey.id] = journey
    return journey


def found(world: World, state: AppState, journey_id: str) -> Journey:
    """Find a journey as it is now."""
    if journey_id not in state.journeys:
        raise JourneyNotFoundError
    return at(state.journeys[journey_id], world.now())


def at(journey: Journey, now: datetime) -> Journey:
    """Give the journey with what its schedule has done to it until now."""
    schedule = journey.definition.schedule or Schedule()
    if journey.state == "scheduled" and schedule.start_at and schedule.start_at <= now:
        journey = replace(journey, state="active", started_at=schedule.start_at)
    if journey.state == "active" and schedule.stop_at and schedule.stop_at <= now:
        journey = replace(journey, state="archived", archived_at=schedule.stop_at)
    return journey


def update(
    world: World,
    state: AppState,
    journey: Journey,
    definition: Definition,
    *,
    wanted: State | None = None,
    concurrency_key: str | None = None,
) -> Journey:
    """Give a journey another definition or state; refused as a whole when any part of it is not possible."""
    if concurrency_key not in {None, journey.concurrency_key}:
        raise JourneyChangedError
    known = {node.id for node in every_node(journey.definition.nodes)}
    kept = [node.id for node in every_node(definition.nodes) if node.id]
    if len(set(kept)) < len(kept) or not known.issuperset(kept):
        raise JourneyRefusedError("nodes: an id must be of a node of this journey, once")
    wanted = wanted or journey.state
    if wanted not in MAY_BECOME[journey.state]:
        raise JourneyStateError(f"A journey that is {journey.state} can not become {wanted}")
    now = world.now()
    if wanted != journey.state and wanted in {"active", "scheduled"}:
        _check_ready(state, definition, wanted, now)
    moved = replace(
        journey,
        definition=_numbered(world, definition),
        state=wanted,
        updated_at=now,
        revision=journey.revision + 1,
        started_at=journey.started_at or (now if wanted == "active" else None),
        archived_at=now if wanted == "archived" else None,
    )
    state.journeys[moved.id] = moved
    return moved


def delete(state: AppState, journey: Journey) -> None:
    """Delete a journey for good."""
    del state.journeys[journey.id]


def browse(world: World, state: AppState, *, before: str | None, limit: int) -> tuple[list[Journey], str | None]:
    """Give a page of journeys, the newest first, and the id of its last one; None when there are no more.

    `before` is the last one that the caller has seen; when it was deleted meanwhile the list is over (inferred).
    """
    ids = list(reversed(state.journeys))
    if before is not None:
        ids = ids[ids.index(before) + 1 :] if before in state.journeys else []
    page = ids[:limit]
    return [at(state.journeys[one], world.now()) for one in page], page[-1] if len(ids) > limit else None


def _numbered(world: World, definition: Definition, *, anew: bool = False) -> Definition:
    """Give every node and branch an id if it has none, or anew; conditions name their sending node by it."""

    def id_of(one: Node | Branch) -> str:
        return world.ids() if anew else one.id or world.ids()

    nodes = changed(
        definition.nodes, lambda node: replace(node, id=id_of(node)), lambda branch: replace(branch, id=id_of(branch))
    )
    ids: dict[str, str] = {}
    for before, after in zip(every_node(definition.nodes), every_node(nodes), strict=True):
        ids.update({str(name): str(after.id) for name in (before.id, before.client_node_id) if name})
    return replace(definition, nodes=linked(nodes, ids))


def _check_ready(state: AppState, definition: Definition, wanted: State, now: datetime) -> None:
    """Refuse to start what is not whole: it needs an audience of known segments, steps, and templates that exist."""
    audience = definition.audience
    if not audience or not definition.nodes:
        raise JourneyStateError("A journey needs an audience and at least one node before it can start")
    if audience.kind == "segment":
        named = [*(audience.included_segment_ids or ()), *(audience.excluded_segment_ids or ())]
        missing = [segment_id for segment_id in named if segment_id not in state.segments]
        if missing or not audience.included_segment_ids:
            raise JourneyStateError(f"Segments of the audience not found: {', '.join(missing) or 'none is included'}")
    for node in every_node(definition.nodes):
        if node.kind in {"send_push", "send_email", "send_sms"} and node.template_id not in state.templates:
            raise JourneyStateError(f"Template of a {node.kind} node not found: {node.template_id or 'none is set'}")
    if wanted == "scheduled" and not ((definition.schedule or Schedule()).start_at or now) > now:
        raise JourneyStateError("A scheduled journey needs a schedule.start_at in the future")
