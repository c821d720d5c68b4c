"""Saved charts: the call that a chart was saved of is made again."""

from __future__ import annotations

from flask import Blueprint, Response, current_app, request

from fake_amplitude import saved_charts
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire.saved_charts import render_csv, render_query

blueprint = Blueprint("saved_charts", __name__)

JSON = "application/json"


@blueprint.get("/api/3/chart/<encoded:chart_id>/query")
def query(chart_id: str) -> Response:
    """Show a chart's numbers."""
    chart = saved_charts.chart_of(world(), authorized_project(), chart_id)
    return Response(render_query(chart, _drawn(chart)), content_type=JSON)


@blueprint.get("/api/3/chart/<encoded:chart_id>/csv")
def table(chart_id: str) -> Response:
    """Show a chart as a table."""
    chart = saved_charts.chart_of(world(), authorized_project(), chart_id)
    return Response(render_csv(chart, _drawn(chart)), content_type=JSON)


def _drawn(chart: saved_charts.SavedChart) -> bytes:
    asked = {**request.environ, "PATH_INFO": f"/api/2/{chart.path}", "QUERY_STRING": chart.query}
    with current_app.request_context(asked):
        return current_app.make_response(current_app.dispatch_request()).get_data()
