"""Hands out all that is known of a user, month by month: data subject access (facts/amplitude-api.md 1.16).

The vendor wants keys of the organisation; here the key pair of any of its projects stands for them. Where limits are
kept a request takes up to five days; its files can be had for two days.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING, Literal

from fake_amplitude import errors
from fake_amplitude.wire.moments import DAY_MS, HOUR_MS, moment

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from fake_amplitude.records import Event, Project
    from fake_amplitude.state import State
    from fake_amplitude.world import World

FIRST_REQUEST_ID = 53_367
JOB_MS = (HOUR_MS, 5 * DAY_MS)
KEPT_MS = 2 * DAY_MS
LIMIT = "subject access"
COST_OF_REQUEST, COST_OF_READING = 8, 1

Status = Literal["submitted", "done"]


@dataclass(frozen=True, slots=True)
class SubjectRequest:
    """Somebody's wish to see what is known of a user from one day to another, both included."""

    id: int
    user_id: str | None
    amplitude_id: int | None
    start: date
    end: date
    ready_ms: int = 0

    def status(self, now_ms: int) -> Status:
        """Answer how far it is."""
        return "done" if now_ms >= self.ready_ms else "submitted"

    @property
    def expires_ms(self) -> int:
        """When its files are gone."""
        return self.ready_ms + KEPT_MS


@dataclass(frozen=True, slots=True)
class Output:
    """One file: a user's events of one month in one project."""

    project: Project
    events: tuple[Event, ...]


def ask(world: World, wish: SubjectRequest) -> SubjectRequest:
    """Remember a request; its number and its time are given here. Raises `RateLimited`."""
    with world.state.lock:
        _spend(world, COST_OF_REQUEST)
        ready_ms = world.now_ms()
        if world.rest_limits is not None:
            ready_ms += world.random.randint(*JOB_MS)
        number = FIRST_REQUEST_ID + len(world.state.subject_requests)
        asked = SubjectRequest(number, wish.user_id, wish.amplitude_id, wish.start, wish.end, ready_ms)
        world.state.subject_requests[number] = asked
        return asked


def request_of(world: World, number: int) -> SubjectRequest:
    """Answer a request. Raises `NotFound` and `RateLimited`."""
    with world.state.lock:
        _spend(world, COST_OF_READING)
        asked = world.state.subject_requests.get(number)
        if asked is None:
            raise errors.NotFound(f"Request {number} was not found.")
        return asked


def outputs(world: World, asked: SubjectRequest) -> list[Output]:
    """Answer the files of a request: none before it is done, none when they are gone."""
    with world.state.lock:
        if not asked.ready_ms <= world.now_ms() < asked.expires_ms:
            return []
        return [output for project in world.state.projects.values() for output in _of_project(world, project, asked)]


def output_of(world: World, number: int, place: int) -> Output:
    """Answer one file. Raises `NotFound` and `RateLimited`."""
    found = outputs(world, request_of(world, number))
    if place >= len(found):
        raise errors.NotFound(f"Output {place} was not found.")
    return found[place]


def _spend(world: World, cost: int) -> None:
    if world.rest_limits is not None and not world.rest_limits.admits(LIMIT, world.now_ms(), cost=cost):
        said = f"Too Many Requests: Exceeded rate limit with query of cost {cost}"
        raise errors.RateLimited(said, limit="14,400 an hour")


def _of_project(world: World, project: Project, asked: SubjectRequest) -> Iterator[Output]:
    amplitude_id = _user(world.state, project, asked)
    if amplitude_id is None:
        return
    last = asked.end + timedelta(days=1)
    events = sorted(world.state.warehouses[project.id].activity(amplitude_id), key=lambda event: event.time_ms)
    within = [event for event in events if asked.start <= moment(event.time_ms).date() < last]
    for _, of_month in groupby(within, key=lambda event: f"{moment(event.time_ms):%Y-%m}"):
        yield Output(project, tuple(of_month))


def _user(state: State, project: Project, asked: SubjectRequest) -> int | None:
    warehouse = state.warehouses[project.id]
    if asked.user_id is not None:
        return warehouse.amplitude_id_of(asked.user_id, by_user=True)
    return warehouse.amplitude_id_of(str(asked.amplitude_id), by_user=False)
