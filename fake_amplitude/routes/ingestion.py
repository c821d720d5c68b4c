"""Ingestion hosts: uploads, identifications, and the pre-flight questions of browsers."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_amplitude import ingestion, legacy_uploads, user_mapping
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.upload_door import read_posted, take_in
from fake_amplitude.wire.forms import sent_form
from fake_amplitude.wire.identifications import parse_group_identify, parse_identify
from fake_amplitude.wire.legacy_forms import parse_attribution, parse_http_v1, parse_sdk_form
from fake_amplitude.wire.receipts import IDENTIFIED, IDENTIFIED_CONTENT_TYPE
from fake_amplitude.wire.user_maps import parse_asked, parse_mappings, render_mapped

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
    project, identifications = parse_identify(sent_form(), world().state.project_of)
    ingestion.identify(world(), project, identifications)
    return _success()


@blueprint.route("/groupidentify", methods=["GET", "POST"])
def group_identify() -> Response:
    """Set the properties of groups."""
    project, identifications = parse_group_identify(sent_form(), world().state.project_of)
    ingestion.identify(world(), project, identifications)
    return _success()


@blueprint.route("/httpapi", methods=["GET", "POST"])
def upload_http_v1() -> Response:
    """HTTP V1: a form with one event or several."""
    project, posted = parse_http_v1(sent_form(), world().state.project_of)
    legacy_uploads.upload(world(), project, posted, path="/httpapi", remote_address=request.remote_addr or "")
    return _success()


@blueprint.post("/")
def upload_sdk_form() -> Response:
    """Take what the old SDKs of browsers and phones post."""
    project, posted = parse_sdk_form(sent_form(), world().state.project_of)
    legacy_uploads.upload(world(), project, posted, path="/", remote_address=request.remote_addr or "")
    return _success()


@blueprint.route("/attribution", methods=["GET", "POST"])
def attribution() -> Response:
    """Say which campaign an install came from."""
    project, installs = parse_attribution(sent_form(), world().state.project_of)
    legacy_uploads.attribute(world(), project, installs)
    return _success()


@blueprint.post("/usermap")
def map_users() -> Response:
    """Let users count for others."""
    project, mappings = parse_mappings(sent_form(), world().state.project_of)
    user_mapping.map_users(world(), project, mappings)
    return _success()


@blueprint.get("/api/2/usermap")
def mapped_users() -> Response:
    """Tell what users are mapped to and from."""
    found = user_mapping.mapped_users(world(), authorized_project(), parse_asked())
    return Response(render_mapped(found), content_type="application/json")


def _success() -> Response:
    return Response(IDENTIFIED, content_type=IDENTIFIED_CONTENT_TYPE)
