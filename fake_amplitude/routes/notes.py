"""Annotations of both versions, their categories, and releases."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from fake_amplitude import errors, notes
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire import notes as wire
from fake_amplitude.wire.queries import number_in_path

if TYPE_CHECKING:
    from typing import Any

blueprint = Blueprint("notes", __name__)

JSON = "application/json"
DELETED = b'{"success":true}'


@blueprint.get("/api/3/annotations")
def list_all() -> Response:
    """List annotations."""
    return _listed(notes.written(world(), authorized_project(), wire.parse_wanted()))


@blueprint.post("/api/3/annotations")
def annotate() -> Response:
    """Write an annotation."""
    project, form = authorized_project(), wire.parse_json(wire.AnnotationForm)
    if form.label is None or form.start is None:
        raise errors.InvalidRestRequest("label and start are needed.")
    changes = _changes(form)
    written = notes.annotate(world(), project, changes["start_ms"], form.label)
    return _shown(notes.change(world(), project, written.id, changes))


@blueprint.get("/api/3/annotations/<encoded:annotation_id>")
def annotation(annotation_id: str) -> Response:
    """Show an annotation."""
    return _shown(notes.annotation(world(), authorized_project(), number_in_path(annotation_id)))


@blueprint.put("/api/3/annotations/<encoded:annotation_id>")
def change(annotation_id: str) -> Response:
    """Write an annotation anew."""
    project, form = authorized_project(), wire.parse_json(wire.AnnotationForm)
    return _shown(notes.change(world(), project, number_in_path(annotation_id), _changes(form)))


@blueprint.delete("/api/3/annotations/<encoded:annotation_id>")
def erase(annotation_id: str) -> Response:
    """Take an annotation away."""
    notes.erase(world(), authorized_project(), number_in_path(annotation_id))
    return Response(DELETED, content_type=JSON)


@blueprint.get("/api/3/annotation-categories")
def categories() -> Response:
    """List categories, or the one that is named."""
    project, name = authorized_project(), request.args.get("category")
    found = notes.categories(world(), project)
    if name is not None:
        found = {notes.category_id(world(), project, name): name}
    return Response(wire.render_categories(found), content_type=JSON)


@blueprint.post("/api/3/annotation-categories")
def make_category() -> Response:
    """Make a category."""
    project, form = authorized_project(), wire.parse_json(wire.CategoryForm)
    number = notes.name_category(world(), project, form.category)
    return Response(wire.render_category(number, form.category), content_type=JSON)


@blueprint.get("/api/3/annotation-categories/<encoded:category_id>")
def category(category_id: str) -> Response:
    """Show a category."""
    found = notes.categories(world(), authorized_project())
    number = number_in_path(category_id)
    if number not in found:
        raise errors.NotFound(f"Category {number} was not found.")
    return Response(wire.render_category(number, found[number]), content_type=JSON)


@blueprint.put("/api/3/annotation-categories/<encoded:category_id>")
def rename_category(category_id: str) -> Response:
    """Give a category another name."""
    project, form = authorized_project(), wire.parse_json(wire.CategoryForm)
    number = notes.name_category(world(), project, form.category, number=number_in_path(category_id))
    return Response(wire.render_category(number, form.category), content_type=JSON)


@blueprint.delete("/api/3/annotation-categories/<encoded:category_id>")
def drop_category(category_id: str) -> Response:
    """Take a category away."""
    notes.drop_category(world(), authorized_project(), number_in_path(category_id))
    return Response(DELETED, content_type=JSON)


@blueprint.put("/api/3/annotation-categories/bulk/<encoded:category_id>")
def categorize(category_id: str) -> Response:
    """Put annotations into a category."""
    project, form = authorized_project(), wire.parse_json(wire.BulkForm)
    return _listed(notes.categorize(world(), project, number_in_path(category_id), form.annotation_ids))


@blueprint.get("/api/2/annotations")
def old_annotations() -> Response:
    """List annotations as version 2 does."""
    found = notes.written(world(), authorized_project())
    return Response(wire.render_old_list(found), content_type=JSON)


@blueprint.post("/api/2/annotations")
def annotate_as_of_old() -> Response:
    """Write an annotation as version 2 does."""
    project, form = authorized_project(), request.form
    if not form.get("date") or not form.get("label") or form.get("app_id", "") != str(project.id):
        raise errors.InvalidRestRequest("app_id, date and label are needed.")
    written = notes.annotate(world(), project, wire.parse_moment(form["date"]), form["label"])
    changed = notes.change(world(), project, written.id, {"details": form.get("details")})
    return Response(wire.render_old(changed), content_type=JSON)


@blueprint.post("/api/2/release")
def release() -> Response:
    """Write down a release."""
    project = authorized_project()
    written = notes.release(world(), project, wire.parse_release())
    return Response(wire.render_release(project, written), content_type=JSON)


def _shown(found: notes.Annotation) -> Response:
    answer = wire.render_annotation(found, notes.categories(world(), authorized_project()))
    return Response(answer, content_type=JSON)


def _listed(found: list[notes.Annotation]) -> Response:
    answer = wire.render_annotations(found, notes.categories(world(), authorized_project()))
    return Response(answer, content_type=JSON)


def _changes(form: wire.AnnotationForm) -> dict[str, Any]:
    changes = form.changes()
    if form.category is not None:
        changes["category_id"] = notes.category_id(world(), authorized_project(), form.category)
    return changes
