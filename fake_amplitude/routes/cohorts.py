"""Behavioral Cohorts: list, download, upload, membership."""

from __future__ import annotations

import gzip
from contextlib import nullcontext
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

from flask import Blueprint, Response, request

from fake_amplitude import cohort_downloads, curation, errors
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.sync_schedule import syncs_of
from fake_amplitude.wire import cohort_forms
from fake_amplitude.wire.cohort_files import render_cohort_file
from fake_amplitude.wire.queries import whole_number

if TYPE_CHECKING:
    from fake_amplitude.records import CohortDownload

blueprint = Blueprint("cohorts", __name__)

JSON = "application/json"
FILES = "modelled/cohort-files"  # ours: the vendor links to a store on a host of its own
IN_PROGRESS, COMPLETED = "JOB INPROGRESS", "JOB COMPLETED"


@blueprint.get("/api/3/cohorts")
def list_all() -> Response:
    """List a project's cohorts."""
    found = curation.cohorts_of(world(), authorized_project())
    rows = [cohort_forms.render_cohort(cohort) for cohort in found]
    if request.args.get("includeSyncInfo", "").lower() == "true":
        for row, cohort in zip(rows, found, strict=True):
            row["syncMetadata"] = [cohort_forms.render_sync(*each) for each in syncs_of(world(), cohort.id)]
    return Response(cohort_forms.render_cohorts(rows), content_type=JSON)


@blueprint.get("/api/3/cohorts/<encoded:cohort_id>")
def one(cohort_id: str) -> Response:
    """Show one cohort with its members."""
    project = authorized_project()
    cohort = curation.cohort_of(world(), project, cohort_id)
    return Response(cohort_forms.render_one(cohort, world().state.warehouses[project.id]), content_type=JSON)


@blueprint.get("/api/3/cohorts/usage")
def usage() -> Response:
    """Tell how many downloads are left."""
    return Response(cohort_forms.render_usage(cohort_downloads.usage(world(), authorized_project())), content_type=JSON)


@blueprint.get("/api/5/cohorts/request/<encoded:cohort_id>")
def order(cohort_id: str) -> Response:
    """Order a file of a cohort's members."""
    project = authorized_project()
    names = tuple(request.args.getlist("propKeys")) if request.args.get("props") == "1" else None
    with world().asking(project), world().at_once(("cohort", cohort_id), 1):
        ordered = cohort_downloads.request_download(world(), project, cohort_id, names)
    return Response(cohort_forms.render_request(ordered.request_id, cohort_id), 202, content_type=JSON)


@blueprint.get("/api/5/cohorts/request-status/<encoded:request_id>")
def status(request_id: str) -> Response:
    """Tell whether an ordered file is there."""
    ordered = cohort_downloads.download_of(world(), authorized_project(), request_id)
    is_ready = cohort_downloads.is_ready(world(), ordered)
    answer = cohort_forms.render_request(request_id, ordered.cohort_id, COMPLETED if is_ready else IN_PROGRESS)
    return Response(answer, 200 if is_ready else 202, content_type=JSON)


@blueprint.get("/api/5/cohorts/request/<encoded:request_id>/file")
def file(request_id: str) -> Response:
    """Hand out an ordered file, or for a large one a link that is valid for a minute."""
    project = authorized_project()
    ordered = cohort_downloads.download_of(world(), project, request_id)
    if not cohort_downloads.is_ready(world(), ordered):
        raise errors.InvalidRestRequest("The request is still in progress.")
    if not cohort_downloads.is_large(ordered):
        with world().asking(project):
            return _csv(ordered)
    expires_ms = world().now_ms() + cohort_downloads.LINK_MS
    signed = urlencode({"expires": expires_ms, "signature": cohort_downloads.sign(world(), ordered, expires_ms)})
    link = f"{request.host_url}{FILES}/{quote(request_id, safe='')}?{signed}"
    return Response(status=302, headers={"Location": link})


@blueprint.get(f"/{FILES}/<encoded:request_id>")
def linked(request_id: str) -> Response:
    """Hand out a file to whoever has its link."""
    expires_ms, signature = whole_number("expires", default=0), request.args.get("signature", "")
    return _csv(cohort_downloads.linked(world(), request_id, expires_ms, signature))


def _csv(ordered: CohortDownload) -> Response:
    """Render a file, gzipped for clients that take it."""
    csv = render_cohort_file(ordered, world().state.warehouses[ordered.project_id])
    if request.accept_encodings["gzip"]:
        return Response(gzip.compress(csv, mtime=0), content_type="text/csv", headers={"Content-Encoding": "gzip"})
    return Response(csv, content_type="text/csv")


@blueprint.post("/api/3/cohorts/upload")
def upload() -> Response:
    """Make or replace a cohort from a list of ids."""
    project = authorized_project()
    posted = cohort_forms.parse_upload(request.get_data(), project.id)
    existing = posted.existing_cohort_id
    with world().at_once(("cohort", existing), 1) if existing else nullcontext():
        uploaded = curation.upload_list(world(), project, posted)
    return Response(cohort_forms.render_upload(*uploaded), content_type=JSON)


@blueprint.post("/api/3/cohorts/membership")
def membership() -> Response:
    """Add and remove members of a listed cohort."""
    project = authorized_project()
    cohort_id, changes, skips_invalid = cohort_forms.parse_membership(request.get_data())
    with world().at_once(("cohort", cohort_id), 1):
        skipped = curation.change_membership(world(), project, cohort_id, changes, skips_invalid=skips_invalid)
    return Response(cohort_forms.render_membership(cohort_id, changes, skipped), content_type=JSON)
