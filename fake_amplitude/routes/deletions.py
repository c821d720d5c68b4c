"""The deletion of users; two of its answers are announced as HTML, as observed."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_amplitude import deletions, errors
from fake_amplitude.auth import authorized_project, world
from fake_amplitude.wire.deletions import (
    parse_day,
    parse_deletion,
    render_deleted_user,
    render_jobs,
    render_nothing,
)
from fake_amplitude.wire.queries import required

blueprint = Blueprint("deletions", __name__)

HTML = "text/html; charset=UTF-8"


@blueprint.post("/api/2/deletions/users")
def delete() -> Response:
    """Put users on the job of their day."""
    project = authorized_project()
    jobs = deletions.request(world(), project, parse_deletion(request.get_data()))
    answer = render_jobs(jobs, world().now().date()) if jobs else render_nothing(project)
    return Response(answer, content_type="application/json")


@blueprint.get("/api/2/deletions/users")
def jobs() -> Response:
    """List jobs by day."""
    project = authorized_project()
    found = deletions.jobs_between(world(), project, parse_day(required("start_day")), parse_day(required("end_day")))
    return Response(render_jobs(found, world().now().date()), content_type=HTML)


@blueprint.delete("/api/2/deletions/users/<encoded:amplitude_id>/<encoded:job_start_day>")
def cancel(amplitude_id: str, job_start_day: str) -> Response:
    """Take a user off a job."""
    project = authorized_project()
    if not amplitude_id.isascii() or not amplitude_id.isdecimal():
        raise errors.InvalidRestRequest("Invalid amplitude_id")
    user = deletions.cancel(world(), project, int(amplitude_id[:20]), parse_day(job_start_day))
    return Response(render_deleted_user(user), content_type=HTML)
