"""The cohort door, which is ours: OneSignal's own partner route is not public (facts/onesignal-api.md 5.4)."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_onesignal import cohorts
from fake_onesignal.routes import asked
from fake_onesignal.wire.cohorts import parse_members, parse_name
from fake_onesignal.wire.json import answer

routes = Blueprint("modelled", __name__)


@routes.put("/modelled/apps/<app_id>/amplitude_cohorts/<cohort_id>")
def put_cohort(app_id: str, cohort_id: str) -> Response:
    """Create or rename a cohort."""
    state = asked.app_with_key(app_id)
    cohorts.check_plan(state)
    cohorts.put(state, cohort_id, parse_name(asked.body()))
    return answer({"success": True})


@routes.post("/modelled/apps/<app_id>/amplitude_cohorts/<cohort_id>/members")
def change_members(app_id: str, cohort_id: str) -> Response:
    """Add and remove members by external_id."""
    state = asked.app_with_key(app_id)
    cohorts.found(state, cohort_id)
    cohorts.change_members(asked.world(), state, cohort_id, **parse_members(asked.body()))
    return answer({"success": True})
