"""The delivery metrics of event streams."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import stream_metrics
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire.queries import choice, moment_ms, required
from fake_amplitude.wire.stream_metrics import render_summary

blueprint = Blueprint("streaming", __name__)

CUSTOM_FORM = "%Y-%m-%dT%H:%M:%S"


@blueprint.get("/api/2/event-streaming/delivery-metrics-summary")
def delivery_metrics() -> Response:
    """Tell how well one stream delivered."""
    project, destination_id = authorized_project(), required("sync_id")
    required("time_period")
    period = choice("time_period", *stream_metrics.PERIODS, stream_metrics.CUSTOM)
    custom = (0, 0)
    if period == stream_metrics.CUSTOM:
        custom = moment_ms("start", CUSTOM_FORM), moment_ms("end", CUSTOM_FORM)
    found = stream_metrics.summary(world(), project, destination_id, period=period, custom=custom)
    return Response(render_summary(found), content_type="application/json")
