"""Charts of sessions, of what users have in common, and of this very day."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import composition, segmentation, sessions
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.behaviours import ANY_EVENT, DAY_MS
from fake_amplitude.chart_questions import Days, EventChoice, cost_of
from fake_amplitude.segmentation import Question
from fake_amplitude.wire.chart_forms import parse_days
from fake_amplitude.wire.queries import choice, required
from fake_amplitude.wire.user_charts import (
    parse_bounds_s,
    render_by_day,
    render_composition,
    render_lengths,
    render_realtime,
)

blueprint = Blueprint("user_charts", __name__)

JSON = "application/json"
SESSIONS_COST = 4


@blueprint.get("/api/2/sessions/length")
def session_lengths() -> Response:
    """Count sessions by their length."""
    project, days, bounds_s = authorized_project(), parse_days(), parse_bounds_s()
    with world().charting(project, cost_of(days, (), (), SESSIONS_COST)):
        return Response(render_lengths(bounds_s, sessions.lengths(world(), project, days, bounds_s)), content_type=JSON)


@blueprint.get("/api/2/sessions/average")
def average_session_length() -> Response:
    """Tell how long each day's sessions were."""
    project, days = authorized_project(), parse_days()
    with world().charting(project, cost_of(days, (), (), SESSIONS_COST)):
        return Response(render_by_day(days, sessions.average_s(world(), project, days)), content_type=JSON)


@blueprint.get("/api/2/sessions/peruser")
def sessions_per_user() -> Response:
    """Tell how many sessions each day's users had."""
    project, days = authorized_project(), parse_days()
    with world().charting(project, cost_of(days, (), (), SESSIONS_COST)):
        return Response(render_by_day(days, sessions.per_user(world(), project, days)), content_type=JSON)


@blueprint.get("/api/2/composition")
def user_composition() -> Response:
    """Tell which values a property has."""
    project, days, name = authorized_project(), parse_days(), required("p")
    with world().charting(project, cost_of(days, (), (), 1)):
        return Response(render_composition(name, composition.composed(world(), project, days, name)), content_type=JSON)


@blueprint.get("/api/2/realtime")
def realtime() -> Response:
    """Count active users of today and yesterday, five minutes by five minutes."""
    project, today_ms = authorized_project(), world().now_ms() // DAY_MS * DAY_MS
    choice("i", "5")
    both = [Days(day, day) for day in (today_ms, today_ms - DAY_MS)]
    with world().charting(project, cost_of(both[0], (), (), 1)):
        of_today, of_yesterday = (
            segmentation.segmented(world(), project, Question((EventChoice(ANY_EVENT),), days, interval="-300000"))
            for days in both
        )
    answer = render_realtime(of_today[0].values, of_yesterday[0].values, both[0].buckets("-300000"))
    return Response(answer, content_type=JSON)
