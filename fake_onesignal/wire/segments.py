"""The JSON of segments: what may be said of one, and how it is listed and shown."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.segment_errors import SegmentRefusedError
from fake_onesignal.wire.filters import canonical, parse_filters

if TYPE_CHECKING:
    from fake_onesignal.records import Segment

NAME_LENGTH_MAX: Final = 128
DESCRIPTION_LENGTH_MAX: Final = 255


def parse_new_segment(body: dict[str, Any]) -> dict[str, Any]:
    """Read what a new segment needs: name, filters with their rule, and perhaps an id of the caller's."""
    parsed = parse_segment_changes(body)
    if "filters" not in parsed:
        raise SegmentRefusedError("filters is required")
    segment_id = body.get("id") or ""
    if not isinstance(segment_id, str):
        raise SegmentRefusedError("id must be text")
    return {"name": parsed["name"], "filters": parsed["filters"], "rule": parsed["rule"], "segment_id": segment_id}


def parse_segment_changes(body: dict[str, Any]) -> dict[str, Any]:
    """Read what shall change on a segment; the name is always required, filters are replaced as a whole."""
    name = body.get("name")
    if not isinstance(name, str) or not name:
        raise SegmentRefusedError("name is required")
    if len(name) > NAME_LENGTH_MAX:
        raise SegmentRefusedError(f"name is too long (maximum is {NAME_LENGTH_MAX} characters)")
    changed: dict[str, Any] = {"name": name}
    description = body.get("description")
    if description is not None:
        if not isinstance(description, str) or len(description) > DESCRIPTION_LENGTH_MAX:
            raise SegmentRefusedError(f"description is too long (maximum is {DESCRIPTION_LENGTH_MAX} characters)")
        changed["description"] = description
    if body.get("filters") is not None:
        changed["rule"] = parse_filters(body["filters"])
        changed["filters"] = canonical(body["filters"])
    return changed


def render_segment(app_id: str, segment: Segment) -> dict[str, Any]:
    """Render a segment as lists show it, without a count (facts/onesignal-api.md 5.2)."""
    return {
        "id": segment.id,
        "name": segment.name,
        "description": segment.description,
        "created_at": iso(segment.created_at),
        "updated_at": iso(segment.updated_at),
        "app_id": app_id,
        "read_only": segment.read_only,
        "is_active": segment.is_active,
    }


def render_segment_detail(segment: Segment) -> dict[str, Any]:
    """Render a segment's definition; here `created_at` is a unix integer (5.2)."""
    return {
        "id": segment.id,
        "name": segment.name,
        "description": segment.description,
        "created_at": segment.created_at,
        "source": segment.source,
        "filters": segment.filters,
    }


def iso(unix_s: int) -> str:
    """Render a moment as the service writes it: ISO 8601 with milliseconds and a Z."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
