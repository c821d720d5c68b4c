"""What people write beside the numbers: annotations, their categories, and releases (facts/amplitude-api.md 1.16)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from fake_amplitude import errors
from fake_amplitude.planning_errors import Conflict

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_amplitude.records import Project
    from fake_amplitude.world import World

UNCATEGORIZED = 1


@dataclass(frozen=True, slots=True)
class Annotation:
    """A remark about a moment, or about the time from `start_ms` to `end_ms`."""

    id: int
    start_ms: int
    label: str
    details: str | None = None
    category_id: int = UNCATEGORIZED
    end_ms: int | None = None
    chart_id: str | None = None


@dataclass(frozen=True, slots=True)
class Release:
    """A version of the customer's product, and the text around it."""

    id: int
    version: str
    title: str
    start_ms: int
    end_ms: int | None
    description: str | None
    platforms: tuple[str, ...]
    created_by: str | None
    chart_visibility: bool
    created_ms: int


class Notes:
    """One project's notes; numbers are never used twice."""

    def __init__(self) -> None:
        self.annotations: dict[int, Annotation] = {}
        self.categories: dict[int, str] = {UNCATEGORIZED: "Uncategorized"}
        self.releases: dict[int, Release] = {}
        self._next_id = UNCATEGORIZED + 1

    def new_id(self) -> int:
        """Answer a number that no note has."""
        self._next_id += 1
        return self._next_id - 1


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which annotations are asked for: of a category, or those that a chart shows; within a stretch of time."""

    category: str | None = None
    chart_id: str | None = None
    start_ms: int | None = None
    end_ms: int | None = None

    def takes(self, each: Annotation, category: str) -> bool:
        """Answer whether an annotation is asked for; one without a chart shows on every chart."""
        return (
            (self.category is None or self.category == category)
            and (self.chart_id is None or each.chart_id in (None, self.chart_id))
            and (self.start_ms is None or each.start_ms >= self.start_ms)
            and (self.end_ms is None or (each.start_ms if each.end_ms is None else each.end_ms) <= self.end_ms)
        )


EVERYTHING = Wanted()


def written(world: World, project: Project, wanted: Wanted = EVERYTHING) -> list[Annotation]:
    """List a project's annotations by their start."""
    with world.state.lock:
        notes = _notes(world, project)
        found = (each for each in notes.annotations.values() if wanted.takes(each, notes.categories[each.category_id]))
        return sorted(found, key=lambda each: (each.start_ms, each.id))


def annotation(world: World, project: Project, annotation_id: int) -> Annotation:
    """Answer one annotation. Raises `NotFound`."""
    found = _notes(world, project).annotations.get(annotation_id)
    if found is None:
        raise errors.NotFound(f"Annotation {annotation_id} was not found.")
    return found


def annotate(world: World, project: Project, start_ms: int, label: str) -> Annotation:
    """Write a remark about a moment."""
    with world.state.lock:
        notes = _notes(world, project)
        made = Annotation(notes.new_id(), start_ms, label)
        notes.annotations[made.id] = made
        return made


def change(world: World, project: Project, annotation_id: int, changes: Mapping[str, Any]) -> Annotation:
    """Write a remark anew; a category is given by name and must exist. Raises `NotFound`."""
    with world.state.lock:
        changed = replace(annotation(world, project, annotation_id), **changes)
        _notes(world, project).annotations[annotation_id] = changed
        return changed


def erase(world: World, project: Project, annotation_id: int) -> None:
    """Take a remark away. Raises `NotFound`."""
    with world.state.lock:
        annotation(world, project, annotation_id)
        del _notes(world, project).annotations[annotation_id]


def categories(world: World, project: Project) -> dict[int, str]:
    """List the categories."""
    with world.state.lock:
        return dict(_notes(world, project).categories)


def category_id(world: World, project: Project, name: str) -> int:
    """Answer the number of a category. Raises `NotFound`."""
    for number, each in categories(world, project).items():
        if each == name:
            return number
    raise errors.NotFound(f"Category {name} was not found.")


def name_category(world: World, project: Project, name: str, *, number: int | None = None) -> int:
    """Make a category, or give one another name. Raises `NotFound` and `Conflict`."""
    with world.state.lock:
        notes = _notes(world, project)
        if number is not None and number not in notes.categories:
            raise errors.NotFound(f"Category {number} was not found.")
        if any(each == name for each_number, each in notes.categories.items() if each_number != number):
            raise Conflict(f"Category {name} exists.")
        number = notes.new_id() if number is None else number
        notes.categories[number] = name
        return number


def drop_category(world: World, project: Project, number: int) -> None:
    """Take a category away; its annotations have none. Raises `NotFound` and `Conflict`."""
    with world.state.lock:
        notes = _notes(world, project)
        if number == UNCATEGORIZED:
            raise Conflict("This category stays.")
        if notes.categories.pop(number, None) is None:
            raise errors.NotFound(f"Category {number} was not found.")
        for each in [each for each in notes.annotations.values() if each.category_id == number]:
            notes.annotations[each.id] = replace(each, category_id=UNCATEGORIZED)


def categorize(world: World, project: Project, number: int, annotation_ids: Sequence[int]) -> list[Annotation]:
    """Put annotations into a category, all of them or none. Raises `NotFound` and `InvalidRestRequest`."""
    with world.state.lock:
        notes = _notes(world, project)
        if number not in notes.categories:
            raise errors.NotFound(f"Category {number} was not found.")
        if not annotation_ids or not all(each in notes.annotations for each in annotation_ids):
            raise errors.InvalidRestRequest("Invalid annotation IDs.")
        return [change(world, project, each, {"category_id": number}) for each in annotation_ids]


def release(world: World, project: Project, said: Release) -> Release:
    """Write down a release; its number and moment are given here."""
    with world.state.lock:
        notes = _notes(world, project)
        made = replace(said, id=notes.new_id(), created_ms=world.now_ms())
        notes.releases[made.id] = made
        return made


def _notes(world: World, project: Project) -> Notes:
    return world.state.notes[project.id]
