"""Export and the dashboard's numbers."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import exports, segmentation
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire.charts import (
    parse_segmentation,
    parse_users,
    render_event_list,
    render_segmentation,
    render_users,
)
from fake_amplitude.wire.export_files import render_export
from fake_amplitude.wire.queries import choice, moment_ms

blueprint = Blueprint("dashboard", __name__)

EXPORT_HOUR = "%Y%m%dT%H"


@blueprint.get("/api/2/export")
def export() -> Response:
    """Hand out raw events by upload hour."""
    project = authorized_project()
    start_ms, end_ms = moment_ms("start", EXPORT_HOUR), moment_ms("end", EXPORT_HOUR)
    events = exports.exported(world(), project, start_ms, end_ms)
    first_ms_of = world().state.warehouses[project.id].first_ms
    return Response(render_export(project, events, first_ms_of), content_type="application/zip")


@blueprint.get("/api/2/events/list")
def event_list() -> Response:
    """List the event types."""
    totals = segmentation.totals_by_type(world(), authorized_project())
    return Response(render_event_list(totals), content_type="application/json")


@blueprint.get("/api/2/events/segmentation")
def event_segmentation() -> Response:
    """Count one event, day by day."""
    project, question = authorized_project(), parse_segmentation()
    series = segmentation.segmented(world(), project, question)
    return Response(render_segmentation(question, series), content_type="application/json")


@blueprint.get("/api/2/users")
def users() -> Response:
    """Count active or new users, day by day."""
    project, question = authorized_project(), parse_users()
    counted = segmentation.segmented if choice("m", "active", "new") == "active" else segmentation.first_seen
    series = counted(world(), project, question)
    return Response(render_users(choice("m", "active", "new"), series), content_type="application/json")
