"""Data subject access: ask, poll, and download numbered files."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_amplitude import subject_access
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire.queries import number_in_path
from fake_amplitude.wire.subject_access import parse_subject, render_asked, render_output, render_request

blueprint = Blueprint("subject_access", __name__)

JSON = "application/json"
PATH = "/api/2/dsar/requests"


@blueprint.post(PATH)
def ask() -> Response:
    """Ask for all that is known of a user."""
    authorized_project()
    return Response(render_asked(subject_access.ask(world(), parse_subject())), 202, content_type=JSON)


@blueprint.get(f"{PATH}/<encoded:request_id>")
def status(request_id: str) -> Response:
    """Tell how far a request is."""
    authorized_project()
    asked = subject_access.request_of(world(), number_in_path(request_id))
    found = subject_access.outputs(world(), asked)
    return Response(render_request(asked, found, world().now_ms()), content_type=JSON)


@blueprint.get(f"{PATH}/<encoded:request_id>/outputs/<encoded:output_id>")
def output(request_id: str, output_id: str) -> Response:
    """Hand out one file."""
    authorized_project()
    found = subject_access.output_of(world(), number_in_path(request_id), number_in_path(output_id))
    first_ms_of = world().state.warehouses[found.project.id].first_ms
    return Response(render_output(found, first_ms_of), content_type="application/gzip")
