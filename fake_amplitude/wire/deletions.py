"""Reads and renders the deletion of users (facts/amplitude-api.md 1.14); bodies come as JSON or as a form."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs

import msgspec

from fake_amplitude import errors
from fake_amplitude.deletions import DeletionRequest
from fake_amplitude.wire.json_text import MALFORMED, TRUE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.deletions import DeletedUser, DeletionJob
    from fake_amplitude.records import Project

USERS_MAX = 100


class _Form(msgspec.Struct):
    amplitude_ids: list[int | str] | int | str = []  # some clients say one id without a list
    user_ids: list[int | str] | int | str = []
    requester: str = "rest"
    ignore_invalid_id: bool | str = False
    ignore_invalid_ids: bool | str = False
    delete_from_org: bool | str = False
    include_mapped_user_ids: bool | str = False


def parse_deletion(body: bytes) -> DeletionRequest:
    """Read whom to delete. Raises `InvalidRestRequest`."""
    try:
        posted = msgspec.convert(_document(body), _Form)
    except MALFORMED as malformed:
        raise errors.InvalidRestRequest("Invalid request body.") from malformed
    amplitude_ids, user_ids = _listed(posted.amplitude_ids), _listed(posted.user_ids)
    if not 0 < len(amplitude_ids) + len(user_ids) <= USERS_MAX:
        raise errors.InvalidRestRequest(f"Between 1 and {USERS_MAX} ids are needed.")
    return DeletionRequest(
        amplitude_ids=amplitude_ids,
        user_ids=user_ids,
        requester=posted.requester,
        ignores_invalid=posted.ignore_invalid_id in TRUE or posted.ignore_invalid_ids in TRUE,
        in_all_projects=posted.delete_from_org in TRUE,
        with_mapped=posted.include_mapped_user_ids in TRUE,
    )


def parse_day(said: str) -> date:
    """Read `2026-06-28`. Raises `InvalidRestRequest`."""
    try:
        return date.fromisoformat(said)
    except ValueError as malformed:
        raise errors.InvalidRestRequest(f"Invalid day: {said}") from malformed


def render_jobs(jobs: Sequence[DeletionJob], today: date) -> bytes:
    """Render jobs as they are today."""
    return msgspec.json.encode([_job(job, today) for job in jobs])


def render_nothing(project: Project) -> bytes:
    """Render that nobody is deleted; the key begins with a space, as observed."""
    return msgspec.json.encode(
        {" message": f"Nothing scheduled due to invalid amplitude/user ids for app {project.id}"}
    )


def render_deleted_user(user: DeletedUser) -> bytes:
    """Render a user of a job."""
    return msgspec.json.encode(_user(user))


def _job(job: DeletionJob, today: date) -> dict[str, Any]:
    return {
        "active_scrub_done_date": job.day.isoformat() if job.status(today) == "done" else None,
        "amplitude_ids": [_user(user) for user in job.users],
        "app": str(job.project_id),
        "day": job.day.isoformat(),
        "status": job.status(today),
    }


def _user(user: DeletedUser) -> dict[str, Any]:
    return {
        "amplitude_id": user.amplitude_id,
        "requested_on_day": user.requested_on.isoformat(),
        "requester": user.requester,
    }


def _listed(said: list[int | str] | int | str) -> tuple[str, ...]:
    return tuple(map(str, said)) if isinstance(said, list) else (str(said),)


def _document(body: bytes) -> Any:
    if body.lstrip()[:1] == b"{":
        return msgspec.json.decode(body)
    posted = parse_qs(body.decode())
    lists = {name: posted.pop(name, []) for name in ("amplitude_ids", "user_ids")}
    return {**{name: values[-1] for name, values in posted.items()}, **lists}
