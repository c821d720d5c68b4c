"""Deletes users for good, on a day that gives time to change one's mind (facts/amplitude-api.md 1.14).

A request joins its project's job of twelve days later (observed once): staging, submitted three days before, done.
On that day the users really disappear; new events make brand-new users.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import chain
from typing import TYPE_CHECKING, Literal

from fake_amplitude import errors
from fake_amplitude.wire.moments import DAY_MS, moment

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fake_amplitude.records import Project
    from fake_amplitude.state import State
    from fake_amplitude.world import World

DAYS_UNTIL_DONE = 12
DAYS_SUBMITTED = 3
RANGE_MAX = timedelta(days=184)

Status = Literal["staging", "submitted", "done"]


@dataclass(frozen=True, slots=True)
class DeletedUser:
    """One user of a job."""

    amplitude_id: int
    requested_on: date
    requester: str


@dataclass(frozen=True, slots=True)
class DeletionJob:
    """The users of one project that disappear on one day."""

    project_id: int
    day: date
    users: tuple[DeletedUser, ...]
    done: bool = False

    def status(self, today: date) -> Status:
        """Answer how far the job is."""
        if today >= self.day:
            return "done"
        return "submitted" if today >= self.day - timedelta(days=DAYS_SUBMITTED) else "staging"


@dataclass(frozen=True, slots=True)
class DeletionRequest:
    """Whom to delete; ids that nobody has are refused unless they are ignored."""

    amplitude_ids: tuple[str, ...]
    user_ids: tuple[str, ...]
    requester: str
    ignores_invalid: bool
    in_all_projects: bool
    with_mapped: bool


def request(world: World, project: Project, asked: DeletionRequest) -> list[DeletionJob]:
    """Put users on the job of their day; answer the jobs. Raises `InvalidRestRequest` and `RateLimited`."""
    with world.state.lock:
        if world.rest_limits is not None:
            world.rest_limits.admit(project, "deletions", world.now_ms())
        projects = world.state.projects.values() if asked.in_all_projects else [project]
        found = {each.id: _found(world.state, each.id, asked) for each in projects}
        if not asked.ignores_invalid and (strange := _strange(world.state, project.id, asked)):
            raise errors.InvalidRestRequest("Some ids are invalid.", invalid_ids=strange)
        return [_joined(world, project_id, ids, asked.requester) for project_id, ids in found.items() if ids]


def jobs_between(world: World, project: Project, first: date, last: date) -> list[DeletionJob]:
    """Answer a project's jobs by day. Raises `InvalidRestRequest` for more than six months."""
    if not timedelta(0) <= last - first <= RANGE_MAX:
        raise errors.InvalidRestRequest("The range must be at most 6 months.")
    with world.state.lock:
        run_due(world)
        jobs = (job for key, job in sorted(world.state.deletions.items()) if key[0] == project.id)
        return [job for job in jobs if first <= job.day <= last]


def cancel(world: World, project: Project, amplitude_id: int, day: date) -> DeletedUser:
    """Take a user off a job that is still staging. Raises `NotFound` and `InvalidRestRequest`."""
    with world.state.lock:
        job = world.state.deletions.get((project.id, day))
        user = next((each for each in job.users if each.amplitude_id == amplitude_id), None) if job else None
        if job is None or user is None:
            raise errors.NotFound("No such deletion.")
        if job.status(world.now().date()) != "staging":
            raise errors.InvalidRestRequest("The deletion is no longer staging.")
        left = tuple(each for each in job.users if each != user)
        if left:
            world.state.deletions[project.id, day] = replace(job, users=left)
        else:
            del world.state.deletions[project.id, day]
        return user


def run_due(world: World) -> int:
    """Delete the users whose day has come; answer how many."""
    with world.state.lock:
        today, deleted = world.now().date(), 0
        for key, job in world.state.deletions.items():
            if not job.done and job.day <= today:
                deleted += _forget(world.state, job)
                world.state.deletions[key] = replace(job, done=True)
        return deleted


def next_due(state: State) -> datetime | None:
    """Answer when the next job is to be done; the state's lock is held by the caller."""
    days = (job.day for job in state.deletions.values() if not job.done)
    first = min(days, default=None)
    return None if first is None else moment((first - date(1970, 1, 1)).days * DAY_MS)


def _found(state: State, project_id: int, asked: DeletionRequest) -> list[int]:
    ids = (_resolved(state, project_id, said, by_user) for said, by_user in _said(state, project_id, asked))
    return list(dict.fromkeys(each for each in ids if each is not None))


def _said(state: State, project_id: int, asked: DeletionRequest) -> Iterator[tuple[str, bool]]:
    mappings = state.warehouses[project_id].mappings
    trees = (mappings.tree(user_id) if asked.with_mapped else (user_id,) for user_id in asked.user_ids)
    yield from ((said, False) for said in asked.amplitude_ids)
    yield from ((said, True) for said in chain.from_iterable(trees))


def _resolved(state: State, project_id: int, said: str, by_user: bool) -> int | None:  # noqa: FBT001 - half of a pair
    return state.warehouses[project_id].amplitude_id_of(said, by_user=by_user)


def _strange(state: State, project_id: int, asked: DeletionRequest) -> list[str]:
    said = _said(state, project_id, asked)
    return [each for each, by_user in said if _resolved(state, project_id, each, by_user) is None]


def _joined(world: World, project_id: int, amplitude_ids: Sequence[int], requester: str) -> DeletionJob:
    today = world.now().date()
    key = (project_id, today + timedelta(days=DAYS_UNTIL_DONE))
    job = world.state.deletions.get(key) or DeletionJob(*key, ())
    known = {user.amplitude_id for user in job.users}
    more = tuple(DeletedUser(each, today, requester) for each in amplitude_ids if each not in known)
    world.state.deletions[key] = joined = replace(job, users=job.users + more)
    return joined


def _forget(state: State, job: DeletionJob) -> int:
    warehouse = state.warehouses[job.project_id]
    gone: set[int] = set()
    for user in job.users:
        gone.update(warehouse.forget(user.amplitude_id))
    for cohort in [each for each in state.cohorts.values() if each.project_id == job.project_id]:
        state.cohorts[cohort.id] = replace(cohort, members=cohort.members - gone)
    for ordered in [each for each in state.downloads.values() if each.project_id == job.project_id]:
        left = tuple(each for each in ordered.members if each not in gone)
        state.downloads[ordered.request_id] = replace(ordered, members=left)
    return len(job.users)
