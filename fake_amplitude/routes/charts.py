"""The charts of events: segmentation, active and new users, funnels, retention."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import funnels, lifetime_value, retention, segmentation
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.chart_questions import NEW_USERS, cost_of
from fake_amplitude.wire.chart_forms import parse_question, parse_user_question
from fake_amplitude.wire.charts import render_segmentation, render_users
from fake_amplitude.wire.funnels import parse_funnel, render_funnels
from fake_amplitude.wire.lifetime_value import parse_lifetime, render_lifetime
from fake_amplitude.wire.queries import choice
from fake_amplitude.wire.retention import parse_retention, render_retention

blueprint = Blueprint("charts", __name__)

JSON = "application/json"


@blueprint.get("/api/2/events/segmentation")
def event_segmentation() -> Response:
    """Count events, interval by interval."""
    project, question = authorized_project(), parse_question()
    splits = sum(len(event.group_by) for event in question.events) + len(question.group_by)
    kind = len(question.events) + 4 * splits
    with world().charting(project, cost_of(question.days, question.segments, question.events, kind)):
        lines = segmentation.segmented(world(), project, question)
    return Response(render_segmentation(question, lines), content_type=JSON)


@blueprint.get("/api/2/users")
def users() -> Response:
    """Count active or new users, interval by interval."""
    project, kind = authorized_project(), choice("m", "active", "new")
    question = parse_user_question(NEW_USERS if kind == "new" else ANY_EVENT)
    with world().charting(project, cost_of(question.days, question.segments, question.events, 1)):
        lines = segmentation.segmented(world(), project, question)
    return Response(render_users(question, lines), content_type=JSON)


@blueprint.get("/api/2/funnels")
def funnel_analysis() -> Response:
    """Tell how far users get through steps."""
    project, question = authorized_project(), parse_funnel()
    cost = cost_of(question.days, question.segments, question.steps, 2 * len(question.steps))
    with world().charting(project, cost):
        made = funnels.funnels(world(), project, question)
    return Response(render_funnels(question, made, world().now_ms()), content_type=JSON)


@blueprint.get("/api/2/retention")
def retention_analysis() -> Response:
    """Tell who comes back."""
    project, question = authorized_project(), parse_retention()
    asked = (question.starting, question.returning)
    with world().charting(project, cost_of(question.days, question.segments, asked, 8)):
        lines = retention.retention(world(), project, question)
    return Response(render_retention(lines), content_type=JSON)


@blueprint.get("/api/2/revenue/ltv")
def lifetime() -> Response:
    """Tell what new users paid in their first 90 days."""
    project, question = authorized_project(), parse_lifetime()
    with world().charting(project, cost_of(question.days, question.segments, (), 1)):
        lines = lifetime_value.lifetime_value(world(), project, question)
    return Response(render_lifetime(question, lines), content_type=JSON)
