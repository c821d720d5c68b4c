"""How cohorts come to be and change: by rule on the dashboard, by list in the API (facts/amplitude-api.md 1.11)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from fake_amplitude import errors
from fake_amplitude.cohorts import members
from fake_amplitude.records import Cohort
from fake_amplitude.wire.definition import render_definition

if TYPE_CHECKING:
    from collections.abc import Collection, Container

    from fake_amplitude.records import Project
    from fake_amplitude.rules import Rule
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World

DASHBOARD_OWNER = "dashboard@example.com"
ID_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
ID_LENGTH = 8
INVALID_SAMPLE_MAX = 10
RECOMPUTED_MS = 24 * 3_600_000

IdType = Literal["BY_AMP_ID", "BY_USER_ID"]


@dataclass(frozen=True, slots=True)
class ListUpload:
    """A cohort given as a list of ids; replaces `existing_cohort_id` where that is set."""

    name: str
    id_type: IdType
    ids: tuple[str, ...]
    owner: str
    published: bool
    skip_invalid_ids: bool
    existing_cohort_id: str | None


@dataclass(frozen=True, slots=True)
class MembershipChange:
    """Ids to add to or remove from a listed cohort; `said_type` is how the caller named the id type."""

    operation: Literal["ADD", "REMOVE"]
    id_type: IdType
    said_type: str
    ids: tuple[str, ...]


def create(world: World, project: Project, name: str, rule: Rule) -> Cohort:
    """Make a cohort of everybody who satisfies the rule, computed at once.

    Raises ValueError for a rule with more clauses than a definition can say.
    """
    render_definition(rule)
    with world.state.lock:
        now_ms = world.now_ms()
        cohort = Cohort(
            id=drawn_id(world, world.state.cohorts),
            project_id=project.id,
            name=name,
            rule=rule,
            owner=DASHBOARD_OWNER,
            published=True,
            members=members(rule, world.state.warehouses[project.id], now_ms),
            created_ms=now_ms,
            modified_ms=now_ms,
            computed_ms=now_ms,
        )
        return _kept(world, cohort)


def rename(world: World, cohort_id: str, name: str) -> Cohort:
    """Give a cohort another name; lists already made at partners keep the old one."""
    with world.state.lock:
        return _kept(world, replace(world.state.cohorts[cohort_id], name=name, modified_ms=world.now_ms()))


def archive(world: World, cohort_id: str) -> Cohort:
    """Put a cohort away: it is not synced any more, and partners keep what they have."""
    with world.state.lock:
        return _kept(world, replace(world.state.cohorts[cohort_id], archived=True, modified_ms=world.now_ms()))


def recompute(world: World, cohort_id: str) -> Cohort:
    """Find out who is in the cohort now; a listed cohort only follows merges."""
    with world.state.lock:
        cohort = world.state.cohorts[cohort_id]
        warehouse, now_ms = world.state.warehouses[cohort.project_id], world.now_ms()
        if cohort.rule is None:
            found = frozenset(map(warehouse.identity.canonical, cohort.members))
        else:
            found = members(cohort.rule, warehouse, now_ms)
        return _kept(world, replace(cohort, members=found, computed_ms=now_ms))


def cohorts_of(world: World, project: Project) -> list[Cohort]:
    """Answer a project's cohorts, oldest first; those last computed a day ago are computed anew."""
    with world.state.lock:
        found = [cohort for cohort in world.state.cohorts.values() if cohort.project_id == project.id]
        return [recompute(world, each.id) if _is_stale(world, each) else each for each in found]


def _is_stale(world: World, cohort: Cohort) -> bool:
    return cohort.rule is not None and not cohort.archived and world.now_ms() - cohort.computed_ms >= RECOMPUTED_MS


def cohort_of(world: World, project: Project, cohort_id: str) -> Cohort:
    """Answer a project's cohort; raises `NotFound`."""
    cohort = world.state.cohorts.get(cohort_id)
    if cohort is None or cohort.project_id != project.id:
        raise errors.NotFound(f"Cohort {cohort_id} was not found.")
    return cohort


def upload_list(world: World, project: Project, posted: ListUpload) -> tuple[Cohort, tuple[str, ...]]:
    """Make or replace a listed cohort; answer it and the ids that no user has. Raises a `RestError`."""
    with world.state.lock:
        existing = posted.existing_cohort_id
        if existing is not None:
            _listed(cohort_of(world, project, existing))
        found, invalid = _resolved(world.state.warehouses[project.id], posted.id_type, posted.ids)
        if not found:
            raise errors.InvalidRestRequest("No valid ids.", invalid_ids=invalid[:INVALID_SAMPLE_MAX])
        _refuse_too_many(world, found)
        if invalid and not posted.skip_invalid_ids:
            raise errors.InvalidRestRequest("Some ids are invalid.", invalid_ids=invalid)
        now_ms = world.now_ms()
        cohort = Cohort(
            id=existing or drawn_id(world, world.state.cohorts),
            project_id=project.id,
            name=posted.name,
            rule=None,
            owner=posted.owner,
            published=posted.published,
            members=frozenset(found),
            created_ms=world.state.cohorts[existing].created_ms if existing else now_ms,
            modified_ms=now_ms,
            computed_ms=now_ms,
        )
        return _kept(world, cohort), invalid


def change_membership(
    world: World, project: Project, cohort_id: str, changes: tuple[MembershipChange, ...], *, skips_invalid: bool
) -> list[tuple[str, ...]]:
    """Apply the changes in their order; answer the skipped ids of each. Raises a `RestError`."""
    with world.state.lock:
        cohort = _listed(cohort_of(world, project, cohort_id))
        warehouse = world.state.warehouses[project.id]
        resolved = [_resolved(warehouse, change.id_type, change.ids) for change in changes]
        skipped = [invalid for _, invalid in resolved]
        said = [(change.said_type, change.operation) for change in changes]
        if any(skipped) and not skips_invalid:
            raise errors.SomeIdsInvalid(cohort_id, [(*each, ids) for each, ids in zip(said, skipped, strict=True)])
        now_members = set(cohort.members)
        for change, (found, _) in zip(changes, resolved, strict=True):
            if change.operation == "ADD":
                now_members.update(found)
            else:
                now_members.difference_update(found)
        _refuse_too_many(world, now_members)
        now_ms = world.now_ms()
        changed = replace(cohort, members=frozenset(now_members), modified_ms=now_ms, computed_ms=now_ms)
        _kept(world, changed)
        return skipped


def _refuse_too_many(world: World, users: Collection[int]) -> None:
    if world.rest_limits is not None:
        world.rest_limits.admit_cohort(len(users))


def _listed(cohort: Cohort) -> Cohort:
    if cohort.rule is not None:
        raise errors.InvalidRestRequest(f"Cohort {cohort.id} is behavioral; its members cannot be set.")
    return cohort


def _kept(world: World, cohort: Cohort) -> Cohort:
    world.state.cohorts[cohort.id] = cohort
    return cohort


def drawn_id(world: World, taken: Container[str]) -> str:
    """Answer an id, of the form of a cohort's, that is not taken."""
    while True:
        drawn = "".join(world.random.choices(ID_ALPHABET, k=ID_LENGTH))
        if drawn not in taken:
            return drawn


def _resolved(warehouse: Warehouse, id_type: IdType, ids: tuple[str, ...]) -> tuple[list[int], tuple[str, ...]]:
    resolved = [(said, warehouse.amplitude_id_of(said, by_user=id_type == "BY_USER_ID")) for said in ids]
    found = [amplitude_id for _, amplitude_id in resolved if amplitude_id is not None]
    return found, tuple(said for said, amplitude_id in resolved if amplitude_id is None)
