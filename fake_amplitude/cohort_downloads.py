"""Files of a cohort's members: ordered, made by a job, handed out or linked to (facts/amplitude-api.md 1.11)."""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fake_amplitude import errors
from fake_amplitude.curation import cohort_of, recompute
from fake_amplitude.limits import REST_CALLS
from fake_amplitude.records import CohortDownload
from fake_amplitude.wire.moments import moment

if TYPE_CHECKING:
    from datetime import datetime

    from fake_amplitude.records import Project
    from fake_amplitude.world import World

JOB_MS = (30_000, 60_000)  # live jobs take 30-60 s whatever the size
KEPT_MS = 7 * 24 * 3_600_000
LINK_MS = 60_000
LARGE_FROM = 10_000  # ours: where the vendor stops handing out the file itself is not known


@dataclass(frozen=True, slots=True)
class Usage:
    """How many downloads a project made of those it has, and when it has all of them again."""

    limit: int
    used: int
    resets_at: datetime


def request_download(
    world: World, project: Project, cohort_id: str, property_names: tuple[str, ...] | None
) -> CohortDownload:
    """Order a file of a cohort's members, computed now.

    Raises `NotFound`, `InvalidRestRequest` and `RateLimited`.
    """
    with world.state.lock:
        last_computed = cohort_of(world, project, cohort_id)
        now_ms = ready_ms = world.now_ms()
        if world.rest_limits is not None:
            world.rest_limits.admit_cohort(len(last_computed.members))
            world.rest_limits.admit(project, "cohort request", now_ms)
            world.rest_limits.admit(project, "cohort download", now_ms)
            ready_ms += world.random.randint(*JOB_MS)
        found = tuple(sorted(recompute(world, cohort_id).members))
        ordered = CohortDownload(world.ids(), cohort_id, project.id, found, property_names, ready_ms)
        world.state.downloads[ordered.request_id] = ordered
        return ordered


def download_of(world: World, project: Project, request_id: str) -> CohortDownload:
    """Answer an ordered file; raises `NotFound`, also after seven days."""
    ordered = world.state.downloads.get(request_id)
    if ordered is None or ordered.project_id != project.id or world.now_ms() - ordered.ready_ms > KEPT_MS:
        raise errors.NotFound(f"Request {request_id} was not found.")
    return ordered


def is_ready(world: World, ordered: CohortDownload) -> bool:
    """Answer whether an ordered file is there."""
    return world.now_ms() >= ordered.ready_ms


def is_large(ordered: CohortDownload) -> bool:
    """Answer whether a file is linked to rather than handed out."""
    return len(ordered.members) >= LARGE_FROM


def sign(world: World, ordered: CohortDownload, expires_ms: int) -> str:
    """Answer the signature of a link to a file that is valid until a moment."""
    secret = world.state.projects[ordered.project_id].secret_key.encode()
    return hmac.new(secret, f"{ordered.request_id}:{expires_ms}".encode(), hashlib.sha256).hexdigest()


def linked(world: World, request_id: str, expires_ms: int, signature: str) -> CohortDownload:
    """Answer the file of a link. Raises `LinkRefused` when it is over or was changed."""
    ordered = world.state.downloads.get(request_id)
    if ordered is None or world.now_ms() > expires_ms:
        raise errors.LinkRefused
    if not hmac.compare_digest(sign(world, ordered, expires_ms).encode(), signature.encode("utf-8", "replace")):
        raise errors.LinkRefused
    return ordered


def usage(world: World, project: Project) -> Usage:
    """Answer how many downloads a project made in the last 30 days."""
    limit, window_ms = REST_CALLS["cohort download"]
    with world.state.lock:
        since_ms = world.now_ms() - window_ms
        of_project = [each for each in world.state.downloads.values() if each.project_id == project.id]
        used = [each.ready_ms for each in of_project if each.ready_ms > since_ms]
        resets_at = moment(min(used)) + timedelta(milliseconds=window_ms) if used else world.now()
        return Usage(limit, len(used), resets_at)
