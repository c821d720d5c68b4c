"""Finds users and tells what they did (facts/amplitude-api.md 1.10)."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Literal

import msgspec

from fake_amplitude.records import NO_SESSION, Details
from fake_amplitude.revenue import revenue

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.records import Event, Profile, Project
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.world import World

MATCHES_MAX = 100


@dataclass(frozen=True, slots=True)
class Matches:
    """The users that a search found, and by what."""

    kind: Literal["match_user_or_device_id", "match_amplitude_id", "match_user_prefix", "match_user_props", "nomatch"]
    profiles: tuple[Profile, ...]


@dataclass(frozen=True, slots=True)
class Activity:
    """A user, the user's whole history in numbers, and one page of events."""

    profile: Profile
    merged_ids: tuple[int, ...]
    events: int
    sessions: int
    first_ms: int | None
    last_ms: int | None
    last_device_id: str
    usage_ms: int
    purchases: tuple[float, ...]
    last_location: tuple[float, float] | None
    page: tuple[Event, ...]


def search(world: World, project: Project, said: str) -> Matches:
    """Answer whom `said` names: a user or device id, an Amplitude ID, the beginning of user ids, else a property."""
    with world.state.lock:
        _count_call(world, project)
        return _matches(world.state.warehouses[project.id], said)


def activity(
    world: World, project: Project, said: str, *, offset: int, limit: int, latest_first: bool
) -> Activity | None:
    """Answer the user of an Amplitude ID, merged ids included; None when nobody has it."""
    with world.state.lock:
        _count_call(world, project)
        warehouse = world.state.warehouses[project.id]
        amplitude_id = warehouse.amplitude_id_of(said, by_user=False)
        if amplitude_id is None:
            return None
        profile = warehouse.profiles.of(amplitude_id)
        events = sorted(warehouse.activity(amplitude_id), key=lambda event: event.time_ms)
        ordered = events[::-1] if latest_first else events
        details = [msgspec.json.decode(event.details, type=Details) for event in events]
        sessions = _sessions(events, details)
        limit += world.switches.counts_limit_from_zero
        return Activity(
            profile=profile,
            merged_ids=warehouse.merged_into(amplitude_id),
            events=len(events),
            sessions=len(sessions),
            first_ms=events[0].time_ms if events else None,
            last_ms=events[-1].time_ms if events else None,
            last_device_id=events[-1].device_id if events else next(reversed(profile.device_ids), ""),
            usage_ms=sum(last - first for first, last in sessions.values()),
            purchases=tuple(paid for each in events if (paid := revenue(each)) is not None),
            last_location=next(filter(None, map(_location, reversed(details))), None),
            page=tuple(ordered[offset : offset + limit]),
        )


def _matches(warehouse: Warehouse, said: str) -> Matches:
    identity, profiles = warehouse.identity, warehouse.profiles
    exact = [identity.users.get(said)]
    device = identity.devices.get(said)
    if device is not None:
        exact.append(identity.users[device.last_user] if device.last_user else device.anonymous)
    found = dict.fromkeys(identity.canonical(each) for each in exact if each is not None)
    if found:
        return Matches("match_user_or_device_id", tuple(profiles.of(each) for each in found))
    amplitude_id = warehouse.amplitude_id_of(said, by_user=False)
    if amplitude_id is not None:
        return Matches("match_amplitude_id", (profiles.of(amplitude_id),))
    begun = [profiles.of(identity.users[user_id]) for user_id in _beginning(warehouse.user_ids(), said)]
    if begun:
        return Matches("match_user_prefix", tuple(begun))
    having = tuple(islice(profiles.having(said), MATCHES_MAX))
    return Matches("match_user_props" if having else "nomatch", having)


def _count_call(world: World, project: Project) -> None:
    if world.rest_limits is not None:
        world.rest_limits.admit(project, "user search and activity", world.now_ms())


def _sessions(events: Sequence[Event], details: Sequence[Details]) -> dict[int, tuple[int, int]]:
    """Answer the first and the last moment of each session; events come by time."""
    spans: dict[int, tuple[int, int]] = {}
    for event, each in zip(events, details, strict=True):
        if each.session_id is not None and each.session_id != NO_SESSION:
            first_ms, _ = spans.get(each.session_id, (event.time_ms, event.time_ms))
            spans[each.session_id] = (first_ms, event.time_ms)
    return spans


def _location(details: Details) -> tuple[float, float] | None:
    if details.location_lat is None or details.location_lng is None:
        return None
    return details.location_lat, details.location_lng


def _beginning(user_ids: Sequence[str], said: str) -> list[str]:
    first = bisect_left(user_ids, said)
    return [user_id for user_id in user_ids[first : first + MATCHES_MAX] if user_id.startswith(said)]
