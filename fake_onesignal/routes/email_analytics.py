"""E-mail analytics (facts/onesignal-api.md 2.2)."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import email_analytics
from fake_onesignal.routes import asked
from fake_onesignal.wire.email_analytics import (
    parse_granularity,
    parse_question,
    render_providers,
    render_reputation,
    render_timeseries,
)
from fake_onesignal.wire.json import answer

routes = Blueprint("email_analytics", __name__)


@routes.get("/apps/<app_id>/email_analytics/delivery_metrics")
def view_reputation(app_id: str) -> Response:
    """Say how much of the e-mail bounces and is complained about."""
    state = asked.app_with_key(app_id)
    return answer(render_reputation(email_analytics.reputation(state, asked.world().now())))


@routes.get("/apps/<app_id>/email_analytics/provider_metrics")
def view_provider_metrics(app_id: str) -> Response:
    """Count what became of the e-mail by mailbox provider."""
    state = asked.app_with_key(app_id)
    return answer(render_providers(email_analytics.by_provider(state, parse_question(request.args))))


@routes.get("/apps/<app_id>/email_analytics/provider_metrics_timeseries")
def view_provider_metrics_timeseries(app_id: str) -> Response:
    """Count what became of the e-mail by time."""
    state = asked.app_with_key(app_id)
    question, granularity = parse_question(request.args), parse_granularity(request.args)
    return answer(render_timeseries(email_analytics.by_time(state, question, granularity)))
