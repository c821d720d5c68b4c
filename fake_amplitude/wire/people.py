"""Renders who was found and what one user did (facts/amplitude-api.md 1.10)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.wire.moments import render_day
from fake_amplitude.wire.rows import render_row

if TYPE_CHECKING:
    from fake_amplitude.records import Project
    from fake_amplitude.user_lookup import Activity, Matches

NOBODY: dict[str, Any] = {
    "user_id": None,
    "canonical_amplitude_id": None,
    "merged_amplitude_ids": [],
    "num_events": 0,
    "num_sessions": 0,
    "usage_time": 0,
    "first_used": None,
    "last_used": None,
    "purchases": 0,
    "revenue": 0,
    "platform": None,
    "os": None,
    "version": None,
    "device": None,
    "device_type": None,
    "carrier": None,
    "country": None,
    "region": None,
    "city": None,
    "dma": None,
    "language": None,
    "start_version": None,
    "paying": None,
    "device_ids": [],
    "last_device_id": None,
    "last_location": None,
    "properties": {},
}


def render_matches(matches: Matches) -> bytes:
    """Render the users that a search found; where it found nobody, that comes first, as a client saw it."""
    if not matches.profiles:
        return msgspec.json.encode({"type": matches.kind, "matches": []})
    found = [{"user_id": each.user_id, "amplitude_id": each.amplitude_id} for each in matches.profiles]
    return msgspec.json.encode({"matches": found, "type": matches.kind})


def render_activity(project: Project, activity: Activity | None) -> bytes:
    """Render a user and a page of the user's events; nobody is a 200 with zeros."""
    if activity is None:
        return msgspec.json.encode({"userData": NOBODY, "events": []})
    first_ms = activity.first_ms or 0
    events = [render_row(project, event, first_ms) for event in activity.page]
    return msgspec.json.encode({"userData": _user_data(activity), "events": events})


def _user_data(activity: Activity) -> dict[str, Any]:
    profile = activity.profile
    hardware, place = profile.hardware, profile.place
    return {
        **NOBODY,
        "user_id": profile.user_id,
        "canonical_amplitude_id": profile.amplitude_id,
        "merged_amplitude_ids": list(activity.merged_ids),
        "num_events": activity.events,
        "num_sessions": activity.sessions,
        "usage_time": activity.usage_ms,
        "purchases": len(activity.purchases),
        "revenue": sum(activity.purchases),
        "first_used": None if activity.first_ms is None else render_day(activity.first_ms),
        "last_used": None if activity.last_ms is None else render_day(activity.last_ms),
        "platform": hardware.platform,
        "os": " ".join(filter(None, (hardware.os_name, hardware.os_version))) or None,
        "version": profile.app_version,
        "device": hardware.device_model,
        "device_type": hardware.device_model,
        "carrier": hardware.carrier,
        "country": place.country,
        "region": place.region,
        "city": place.city,
        "dma": place.dma,
        "language": profile.language,
        "start_version": profile.start_version,
        "paying": profile.paying,
        "device_ids": list(profile.device_ids),
        "last_device_id": activity.last_device_id,
        "last_location": _location(activity),
        "properties": profile.properties,
    }


def _location(activity: Activity) -> dict[str, float] | None:
    return None if activity.last_location is None else dict(zip(("lat", "lng"), activity.last_location, strict=True))
