"""Ingestion hosts: uploads, identifications, and the pre-flight questions of browsers."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_amplitude import ingestion
from fake_amplitude.auth import world
from fake_amplitude.upload_door import read_posted, take_in
from fake_amplitude.wire.identifications import parse_group_identify, parse_identify
from fake_amplitude.wire.receipts import IDENTIFIED, IDENTIFIED_CONTENT_TYPE

blueprint = Blueprint("ingestion", __name__)


@blueprint.post("/2/httpapi")
@blueprint.post("/batch")
def upload() -> Response:
    """HTTP V2 and Batch; usually answered by the hot door."""
    answer = take_in(world(), read_posted(request.path, request.environ))
    return Response(answer, content_type="application/json")


@blueprint.route("/identify", methods=["GET", "POST"])
def identify() -> Response:
    """Set user properties without an event."""
    project, identifications = parse_identify(request.values, world().state.project_of)
    ingestion.identify(world(), project, identifications)
    return Response(IDENTIFIED, content_type=IDENTIFIED_CONTENT_TYPE)


@blueprint.route("/groupidentify", methods=["GET", "POST"])
def group_identify() -> Response:
    """Set the properties of groups."""
    project, identifications = parse_group_identify(request.values, world().state.project_of)
    ingestion.identify(world(), project, identifications)
    return Response(IDENTIFIED, content_type=IDENTIFIED_CONTENT_TYPE)
