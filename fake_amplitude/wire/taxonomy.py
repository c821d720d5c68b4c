"""Reads and renders the tracking plan (facts/amplitude-api.md 1.15); bodies are forms."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from flask import request

from fake_amplitude import planning_errors as errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.taxonomy import Kind, Planned

NAMES: dict[Kind, str] = {
    "category": "category_name",
    "event": "event_type",
    "event-property": "event_property",
    "user-property": "user_property",
}
NEW_NAMES: dict[Kind, str] = {
    "category": "category_name",
    "event": "new_event_type",
    "event-property": "new_event_property_value",
    "user-property": "new_user_property_value",
}
PROPERTY: dict[str, Any] = {
    "description": None,
    "type": "any",
    "enum_values": None,
    "regex": None,
    "is_array_type": False,
    "is_hidden": False,
    "classifications": [],
}
SAYS: dict[Kind, dict[str, Any]] = {
    "category": {},
    "event": {
        "category": None,
        "description": None,
        "display_name": None,
        "tags": [],
        "is_active": True,
        "owner": None,
        "is_hidden_from_dropdowns": False,
        "is_hidden_from_persona_results": False,
        "is_hidden_from_pathfinder": False,
        "is_hidden_from_timeline": False,
    },
    "event-property": {"event_type": None, **PROPERTY, "is_required": False},
    "user-property": PROPERTY,
}
SUCCESS = msgspec.json.encode({"success": True})


def parse_name(kind: Kind) -> str:
    """Read the name of what is created. Raises `MissingName`."""
    name = request.form.get(NAMES[kind], "")
    if not name:
        raise errors.MissingName
    return name


def parse_new_name(kind: Kind) -> str | None:
    """Read the other name that is given; None where it stays."""
    return request.form.get(NEW_NAMES[kind]) or None


def parse_details(kind: Kind) -> dict[str, Any]:
    """Read what is said: lists by commas, truths by their names."""
    said = {}
    for name, unsaid in SAYS[kind].items():
        text = request.form.get(name)
        if text is not None:
            said[name] = _value(text, unsaid)
    return said


def parse_of_event(kind: Kind) -> str | None:
    """Read whose properties are asked for, in the query or in a body; None for those of all events."""
    said = request.args.get("event_type") or request.form.get("event_type")
    return said if kind == "event-property" else None


def parse_shows_deleted() -> bool:
    """Read whether deleted names are listed too."""
    return request.args.get("showDeleted", "").lower() == "true"


def render_rows(kind: Kind, rows: Sequence[Planned]) -> bytes:
    """Render a list."""
    return msgspec.json.encode({"success": True, "data": [_row(kind, row) for row in rows]})


def render_one(kind: Kind, row: Planned) -> bytes:
    """Render one row."""
    return msgspec.json.encode({"success": True, "data": _row(kind, row)})


def _row(kind: Kind, row: Planned) -> dict[str, Any]:
    if kind == "category":
        return {"id": row.id, "name": row.name}
    said = {NAMES[kind]: row.name, **SAYS[kind], **row.details, "deleted": row.deleted}
    if kind == "event" and said["category"]:
        said["category"] = {"name": said["category"]}
    return said


def _value(text: str, unsaid: Any) -> Any:
    if isinstance(unsaid, bool):
        return text.lower() == "true"
    return [each for each in text.split(",") if each] if isinstance(unsaid, list) else text
