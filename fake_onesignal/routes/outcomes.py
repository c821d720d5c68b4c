"""Outcomes: SDKs measure them without a key, the customer asks for the numbers with one."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import outcomes
from fake_onesignal.errors import AccessDeniedError
from fake_onesignal.message_errors import OutcomesDeniedError
from fake_onesignal.routes import asked
from fake_onesignal.wire.fields import parse_app_id
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.outcomes import parse_asked, parse_outcome, render_outcomes

routes = Blueprint("outcomes", __name__)


@routes.post("/outcomes/measure")
def measure_outcome() -> Response:
    """Keep one outcome."""
    sent = asked.json_object()
    state = asked.app_with_key_or_sdk(parse_app_id(sent.get("app_id")))
    outcomes.measure(asked.world(), state, **parse_outcome(sent))
    return answer({"success": True})


@routes.get("/apps/<app_id>/outcomes")
def get_outcomes(app_id: str) -> Response:
    """Add up outcomes."""
    try:
        state = asked.app_with_key(app_id)
    except AccessDeniedError as error:
        raise OutcomesDeniedError from error
    wanted = parse_asked(
        request.args.getlist("outcome_names"),
        request.args.getlist("outcome_names[]"),
        time_range=request.args.get("outcome_time_range", ""),
        platforms=request.args.get("outcome_platforms", ""),
        attribution=request.args.get("outcome_attribution", ""),
    )
    return answer(render_outcomes(wanted, outcomes.aggregated(asked.world(), state, wanted)))
