"""What the profile API tells of one user (facts/amplitude-api.md 1.9); not offered in the EU."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from fake_amplitude import planning_errors as errors

if TYPE_CHECKING:
    from fake_amplitude.records import Profile, Project
    from fake_amplitude.world import World

CALLS_MAX, WINDOW_MS = 600, 60_000


@dataclass(frozen=True, slots=True)
class ProfileRead:
    """A user, and the cohorts synced to the profile API that the user is in."""

    profile: Profile
    cohort_ids: tuple[str, ...]


def project_of_secret(world: World, secret_key: str) -> Project:
    """Answer whose secret key this is. Raises `NoProfileApi` and `InvalidProfileKey`."""
    if world.state.region == "EU":
        raise errors.NoProfileApi
    project = world.state.project_of_secret(secret_key)
    if project is None:
        raise errors.InvalidProfileKey
    return project


def read(world: World, project: Project, *, user_id: str | None, device_id: str | None) -> ProfileRead:
    """Answer the user of a user or device id. Raises `NotSeenBefore` and `TooManyProfiles`."""
    with world.state.lock:
        if world.rest_limits is not None and not world.rest_limits.admits("profile", world.now_ms()):
            raise errors.TooManyProfiles
        warehouse = world.state.warehouses[project.id]
        device = warehouse.identity.devices.get(device_id or "")
        if user_id is None and device is not None:
            user_id = device.last_user
        amplitude_id = warehouse.identity.users.get(user_id or "")
        if amplitude_id is None and device is not None:
            amplitude_id = warehouse.identity.canonical(device.anonymous)
        if amplitude_id is None or amplitude_id not in warehouse.profiles:
            raise errors.NotSeenBefore
        synced = (world.state.cohorts[each] for each in world.state.profile_cohorts)
        counted = warehouse.identity.counted_as(amplitude_id)
        return ProfileRead(
            warehouse.profiles.of(amplitude_id),
            tuple(cohort.id for cohort in synced if cohort.project_id == project.id and counted in cohort.members),
        )
