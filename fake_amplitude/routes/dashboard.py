"""Export and the list of event types."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import exports, segmentation, taxonomy
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire.charts import render_event_list
from fake_amplitude.wire.export_files import render_export
from fake_amplitude.wire.queries import moment_ms

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
    project = authorized_project()
    totals = segmentation.totals_by_type(world(), project)
    planned = taxonomy.names(world(), project, "event", with_deleted=True)
    return Response(render_event_list(totals, planned), content_type="application/json")
