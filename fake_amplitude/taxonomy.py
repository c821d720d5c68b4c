"""The tracking plan of a project: categories, events and properties by name (facts/amplitude-api.md 1.15).

Events that were only ever sent are listed beside those that were planned. Deleted ones can be restored.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal

from fake_amplitude import planning_errors as errors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_amplitude.records import Project
    from fake_amplitude.world import World

Kind = Literal["category", "event", "event-property", "user-property"]
KINDS: tuple[Kind, ...] = ("category", "event", "event-property", "user-property")
CATEGORY_OF_EVENT = "category"
EVENT_OF_PROPERTY = "event_type"


@dataclass(frozen=True, slots=True)
class Planned:
    """One name of the plan, and what was said about it; `id` is what changes a category."""

    id: int
    name: str
    details: Mapping[str, Any] = field(default_factory=dict)
    deleted: bool = False


class Plan:
    """The names of one project, by kind."""

    def __init__(self) -> None:
        self.rows: dict[Kind, dict[str, Planned]] = {kind: {} for kind in KINDS}
        self._next_id = 1

    def of(self, kind: Kind) -> dict[str, Planned]:
        """Answer the rows of a kind."""
        return self.rows[kind]

    def new_id(self) -> int:
        """Answer a number that no row has."""
        self._next_id += 1
        return self._next_id - 1


def names(world: World, project: Project, kind: Kind, *, with_deleted: bool) -> list[Planned]:
    """List what is planned or was sent."""
    with world.state.lock:
        plan = world.state.plan_of(project).of(kind)
        seen = world.state.warehouses[project.id].by_type if kind == "event" else {}
        rows = {**{name: Planned(0, name) for name in sorted(seen)}, **plan}
        return [row for row in rows.values() if with_deleted or not row.deleted]


def of_event(rows: Sequence[Planned], event_type: str | None) -> list[Planned]:
    """Answer the properties of one event, and those of every event; all of them where none is named."""
    return [row for row in rows if event_type is None or row.details.get(EVENT_OF_PROPERTY) in (None, event_type)]


def one(world: World, project: Project, kind: Kind, name: str) -> Planned:
    """Answer one row. Raises `NotPlanned`."""
    rows = names(world, project, kind, with_deleted=True)
    row = next((each for each in rows if each.name == name), None)
    if row is None:
        raise errors.NotPlanned
    return row


def create(world: World, project: Project, kind: Kind, name: str, *, details: Mapping[str, Any]) -> Planned:
    """Plan a name. Raises `AlreadyPlanned`, and `NothingToChange` for an event's unknown category."""
    with world.state.lock:
        if any(row.name == name for row in names(world, project, kind, with_deleted=True)):
            raise errors.AlreadyPlanned
        plan = world.state.plan_of(project)
        _check_category(plan, kind, details)
        row = plan.of(kind)[name] = Planned(plan.new_id(), name, dict(details))
        return row


def update(
    world: World, project: Project, kind: Kind, name: str, *, renamed: str | None, details: Mapping[str, Any]
) -> Planned:
    """Say more about a name, or give it another. Raises `NothingToChange` and `AlreadyPlanned`."""
    with world.state.lock:
        row = _changeable(world, project, kind, name)
        plan = world.state.plan_of(project)
        _check_category(plan, kind, details)
        if renamed is not None and renamed != row.name:
            if any(each.name == renamed for each in names(world, project, kind, with_deleted=True)):
                raise errors.AlreadyPlanned
            plan.of(kind).pop(row.name, None)
        changed = replace(row, name=renamed or row.name, details={**row.details, **details})
        plan.of(kind)[changed.name] = replace(changed, id=changed.id or plan.new_id())
        return changed


def delete(world: World, project: Project, kind: Kind, name: str) -> None:
    """Take a name out of the plan; a category for good. Raises `NothingToChange`."""
    with world.state.lock:
        row = _changeable(world, project, kind, name)
        rows = world.state.plan_of(project).of(kind)
        if kind == "category":
            del rows[row.name]
        else:
            rows[row.name] = replace(row, deleted=True)


def restore(world: World, project: Project, kind: Kind, name: str) -> None:
    """Take a deleted name back into the plan. Raises `NothingToChange`."""
    with world.state.lock:
        row = world.state.plan_of(project).of(kind).get(name)
        if row is None or not row.deleted:
            raise errors.NothingToChange
        world.state.plan_of(project).of(kind)[name] = replace(row, deleted=False)


def _changeable(world: World, project: Project, kind: Kind, name: str) -> Planned:
    rows = names(world, project, kind, with_deleted=False)
    row = next((each for each in rows if (str(each.id) if kind == "category" else each.name) == name), None)
    if row is None:
        raise errors.NothingToChange
    return row


def _check_category(plan: Plan, kind: Kind, details: Mapping[str, Any]) -> None:
    category = details.get(CATEGORY_OF_EVENT) if kind == "event" else None
    if category and category not in plan.of("category"):
        raise errors.NothingToChange
