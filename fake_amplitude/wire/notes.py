"""Reads and renders annotations and releases (facts/amplitude-api.md 1.16)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec
from flask import request

from fake_amplitude import errors
from fake_amplitude.notes import Release, Wanted
from fake_amplitude.wire.json_text import decoded
from fake_amplitude.wire.moments import EPOCH, moment, render_day
from fake_amplitude.wire.upload_form import TIME_MAX_MS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_amplitude.notes import Annotation
    from fake_amplitude.records import Project

ORGANISATION_ID = 1
MOMENT_FORM = "%Y-%m-%dT%H:%M:%S+00:00"
RELEASE_FORM = "%Y-%m-%d %H:%M:%S"

Form = TypeVar("Form")


class AnnotationForm(msgspec.Struct):
    """What is posted about an annotation; all of it may be left out of a change."""

    start: str | None = None
    end: str | None = None
    label: str | None = None
    details: str | None = None
    category: str | None = None
    chart_id: str | None = None

    def changes(self) -> dict[str, Any]:
        """Answer what is said, without the category."""
        said: dict[str, Any] = {"label": self.label, "details": self.details, "chart_id": self.chart_id}
        said["start_ms"] = None if self.start is None else parse_moment(self.start)
        said["end_ms"] = None if self.end is None else parse_moment(self.end)
        return {name: value for name, value in said.items() if value is not None}


class CategoryForm(msgspec.Struct):
    """The name of a category."""

    category: str


class BulkForm(msgspec.Struct):
    """The annotations that a category is given to."""

    annotation_ids: list[int]


def parse_json(form: type[Form]) -> Form:
    """Read a JSON body. Raises `InvalidRestRequest`."""
    return decoded(request.get_data(), form)


def parse_moment(said: str) -> int:
    """Read a moment of an ISO form, a day included. Raises `InvalidRestRequest`."""
    try:
        read = datetime.fromisoformat(said)
    except ValueError as malformed:
        raise errors.InvalidRestRequest(f"Invalid date: {said}") from malformed
    time_ms = ((read if read.tzinfo else read.replace(tzinfo=UTC)) - EPOCH) // timedelta(milliseconds=1)
    if not 0 <= time_ms <= TIME_MAX_MS:
        raise errors.InvalidRestRequest(f"Invalid date: {said}")
    return time_ms


def parse_wanted() -> Wanted:
    """Read which annotations are asked for; `category` and `chart_id` do not combine. Raises `InvalidRestRequest`."""
    said = {name: request.args.get(name) for name in ("category", "chart_id", "start", "end")}
    if said["category"] is not None and said["chart_id"] is not None:
        raise errors.InvalidRestRequest("category and chart_id do not combine.")
    return Wanted(said["category"], said["chart_id"], _asked_moment(said["start"]), _asked_moment(said["end"]))


def _asked_moment(said: str | None) -> int | None:
    """Read a moment of a query, where an unescaped `+` has become a space."""
    return None if said is None else parse_moment(said.replace(" ", "+") if "T" in said else said)


def parse_release() -> Release:
    """Read a release from JSON, a form or the query. Raises `InvalidRestRequest`."""
    said: Mapping[str, Any] = request.values
    if request.is_json:
        said = parse_json(dict[str, Any])
    for name in ("version", "release_start", "title"):
        if not isinstance(said.get(name), str) or not said[name]:
            raise errors.InvalidRestRequest(f"Missing parameter: {name}")
    end, platforms = said.get("release_end"), said.get("platforms", [])
    names = platforms if isinstance(platforms, list) else str(platforms).split(",")
    return Release(
        id=0,
        version=said["version"],
        title=said["title"],
        start_ms=parse_moment(said["release_start"]),
        end_ms=parse_moment(str(end)) if end else None,
        description=_text(said.get("description")),
        platforms=tuple(str(name) for name in names if name),
        created_by=_text(said.get("created_by")),
        chart_visibility=str(said.get("chart_visibility", "true")).lower() == "true",
        created_ms=0,
    )


def render_annotations(annotations: Sequence[Annotation], categories: Mapping[int, str]) -> bytes:
    """Render a list."""
    return msgspec.json.encode({"data": [_row(each, categories) for each in annotations]})


def render_annotation(annotation: Annotation, categories: Mapping[int, str]) -> bytes:
    """Render one annotation."""
    return msgspec.json.encode({"data": _row(annotation, categories)})


def render_categories(categories: Mapping[int, str]) -> bytes:
    """Render the categories, under the observed key."""
    return msgspec.json.encode({"data": [{"id": number, "category": name} for number, name in categories.items()]})


def render_category(number: int, name: str) -> bytes:
    """Render one category."""
    return msgspec.json.encode({"data": {"id": number, "category": name}})


def render_old(annotation: Annotation) -> bytes:
    """Render an annotation as version 2 does."""
    return msgspec.json.encode({"annotation": _old_row(annotation), "success": True})


def render_old_list(annotations: Sequence[Annotation]) -> bytes:
    """Render a list as version 2 does."""
    return msgspec.json.encode({"data": [_old_row(each) for each in annotations]})


def render_release(project: Project, written: Release) -> bytes:
    """Render a release that was written down."""
    created = moment(written.created_ms).strftime(RELEASE_FORM)
    said = {
        "id": written.id,
        "app_id": project.id,
        "org_id": ORGANISATION_ID,
        "version": written.version,
        "release_start": moment(written.start_ms).strftime(RELEASE_FORM),
        "release_end": None if written.end_ms is None else moment(written.end_ms).strftime(RELEASE_FORM),
        "type": "integration",
        "title": written.title,
        "description": written.description,
        "platforms": written.platforms,
        "chart_visibility": written.chart_visibility,
        "params": {
            "created": created,
            "created_by": written.created_by,
            "last_modified": created,
            "last_modified_by": written.created_by,
        },
    }
    return msgspec.json.encode({"success": True, "release": said})


def _row(annotation: Annotation, categories: Mapping[int, str]) -> dict[str, Any]:
    end_ms = annotation.end_ms
    return {
        "id": annotation.id,
        "start": moment(annotation.start_ms).strftime(MOMENT_FORM),
        "label": annotation.label,
        "details": annotation.details,
        "category": {"id": annotation.category_id, "category": categories[annotation.category_id]},
        "end": None if end_ms is None else moment(end_ms).strftime(MOMENT_FORM),
        "chart_id": annotation.chart_id,
    }


def _old_row(annotation: Annotation) -> dict[str, Any]:
    return {
        "id": annotation.id,
        "date": render_day(annotation.start_ms),
        "label": annotation.label,
        "details": annotation.details,
    }


def _text(said: object) -> str | None:
    return said if isinstance(said, str) else None
