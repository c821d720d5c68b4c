"""The profile API, on a host of its own."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_amplitude import planning_errors, user_profile
from fake_amplitude.auth import world
from fake_amplitude.wire.profile_answers import render_profile

blueprint = Blueprint("profile", __name__)

SCHEME = "Api-Key "


@blueprint.get("/v1/userprofile")
def read() -> Response:
    """Tell of one user."""
    shown = request.headers.get("Authorization", "")
    if not shown.startswith(SCHEME):
        raise planning_errors.MissingProfileKey
    project = user_profile.project_of_secret(world(), shown.removeprefix(SCHEME).strip())
    found = user_profile.read(
        world(), project, user_id=request.args.get("user_id"), device_id=request.args.get("device_id")
    )
    return Response(render_profile(found), content_type="application/json")
