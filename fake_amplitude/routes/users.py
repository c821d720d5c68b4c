"""User search and user activity."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import user_lookup
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire.people import render_activity, render_matches
from fake_amplitude.wire.queries import choice, required, whole_number

blueprint = Blueprint("users", __name__)

PAGE_MAX = 1_000


@blueprint.get("/api/2/usersearch")
def search() -> Response:
    """Find users by id."""
    matches = user_lookup.search(world(), authorized_project(), required("user"))
    return Response(render_matches(matches), content_type="application/json")


@blueprint.get("/api/2/useractivity")
def activity() -> Response:
    """Tell what one user did."""
    project = authorized_project()
    found = user_lookup.activity(
        world(),
        project,
        required("user"),
        offset=whole_number("offset", default=0),
        limit=min(whole_number("limit", default=PAGE_MAX), PAGE_MAX),
        latest_first=choice("direction", "latest", "earliest") == "latest",
    )
    return Response(render_activity(project, found), content_type="application/json")
