"""Segments: list, create, view with its count, change, delete (facts/onesignal-api.md 5.2, 5.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from fake_onesignal import segments
from fake_onesignal.audit import Target
from fake_onesignal.routes import asked, audit_logs
from fake_onesignal.segment_errors import SegmentToDeleteNotFoundError, SegmentToUpdateNotFoundError
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.segments import (
    parse_new_segment,
    parse_segment_changes,
    render_segment,
    render_segment_detail,
)

if TYPE_CHECKING:
    from fake_onesignal.records import Segment
    from fake_onesignal.state import AppState

routes = Blueprint("segments", __name__)
PAGE_MAX = 300


@routes.get("/apps/<app_id>/segments")
def list_segments(app_id: str) -> Response:
    """List segments in the order in which they were made, without counts."""
    state = asked.app_with_key(app_id)
    offset, limit = asked.number("offset", default=0), asked.number("limit", default=PAGE_MAX, maximum=PAGE_MAX)
    page = list(state.segments.values())[offset : offset + limit]
    status = asked.world().profile.segments_listed
    listed = [render_segment(state.app.id, segment) for segment in page]
    return answer({"total_count": len(state.segments), "offset": offset, "limit": limit, "segments": listed}, status)


@routes.post("/apps/<app_id>/segments")
def create_segment(app_id: str) -> Response:
    """Create a segment: 201 with its id."""
    state = _app_to_write_to(app_id)
    segment = segments.create(asked.world(), state, **parse_new_segment(asked.json_object()))
    note("created", state, segment)
    return answer({"success": True, "id": segment.id}, 201)


@routes.get("/apps/<app_id>/segments/<segment_id>")
def view_segment(app_id: str, segment_id: str) -> Response:
    """View a segment's count, and its definition when that is asked for."""
    state = asked.app_with_key(app_id)
    segment, world = segments.found(state, segment_id), asked.world()
    count = segments.count_everybody if world.profile.segments_count_everybody else segments.count
    view: dict[str, object] = {"subscriber_count": count(state, segment.rule, world.unix_now())}
    if request.args.get("include-segment-detail", "").lower() == "true":
        view["payload"] = render_segment_detail(segment)
    return answer(view)


@routes.patch("/apps/<app_id>/segments/<segment_id>")
def update_segment(app_id: str, segment_id: str) -> Response:
    """Change a segment."""
    state = _app_to_write_to(app_id)
    changed = parse_segment_changes(asked.json_object())
    segment = segments.found(state, segment_id, or_else=SegmentToUpdateNotFoundError)
    note("updated", state, segments.update(asked.world(), state, segment, changed))
    return answer({"success": True, "id": segment.id})


@routes.delete("/apps/<app_id>/segments/<segment_id>")
def delete_segment(app_id: str, segment_id: str) -> Response:
    """Delete a segment's definition."""
    state = _app_to_write_to(app_id)
    segment = segments.found(state, segment_id, or_else=SegmentToDeleteNotFoundError)
    segments.delete(state, segment)
    note("deleted", state, segment)
    return answer({"success": True})


def _app_to_write_to(app_id: str) -> AppState:
    """Open the app for a change of its segments, for which a profile asks more than the key."""
    state = asked.app_with_key(app_id)
    segments.check_plan(asked.world(), state)
    return state


def note(what: str, state: AppState, segment: Segment) -> None:
    """Write the change of a segment into the audit log."""
    audit_logs.note(f"segment.{what}", state, Target("segment", segment.id, segment.name))
