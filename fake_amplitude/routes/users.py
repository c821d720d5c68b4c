"""User search and user activity."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import user_lookup
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.limits import LOOKUPS_AT_ONCE
from fake_amplitude.wire.people import render_activity, render_matches
from fake_amplitude.wire.queries import choice, required, whole_number

blueprint = Blueprint("users", __name__)

PAGE_MAX = 1_000


@blueprint.get("/api/2/usersearch")
def search() -> Response:
    """Find users by id."""
    project, said = authorized_project(), required("user")
    with world().at_once(("lookup", project.id), LOOKUPS_AT_ONCE):
        matches = user_lookup.search(world(), project, said)
    return Response(render_matches(matches), content_type="application/json")


@blueprint.get("/api/2/useractivity")
def activity() -> Response:
    """Tell what one user did."""
    project, said = authorized_project(), required("user")
    offset, limit = whole_number("offset", default=0), whole_number("limit", default=PAGE_MAX)
    latest_first = choice("direction", "latest", "earliest") == "latest"
    with world().at_once(("lookup", project.id), LOOKUPS_AT_ONCE):
        found = user_lookup.activity(
            world(), project, said, offset=offset, limit=min(limit, PAGE_MAX), latest_first=latest_first
        )
    return Response(render_activity(project, found), content_type="application/json")
