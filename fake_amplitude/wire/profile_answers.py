"""Renders what the profile API tells of one user (facts/amplitude-api.md 1.9); what was not asked for is null."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from flask import request

if TYPE_CHECKING:
    from fake_amplitude.records import Profile
    from fake_amplitude.user_profile import ProfileRead


def render_profile(found: ProfileRead) -> bytes:
    """Render a user; nobody trains models here, so recommendations and propensities are empty."""
    profile = found.profile
    said: dict[str, Any] = {
        "recommendations": [] if _asks("get_recs") else None,
        "user_id": request.args.get("user_id", profile.user_id),
        "device_id": request.args.get("device_id", profile.device_ids[-1] if profile.device_ids else None),
        "amp_props": _properties(profile) if _asks("get_amp_props") else None,
        "cohort_ids": found.cohort_ids if _asks("get_cohort_ids") else None,
    }
    if _asks("get_propensity"):
        said["propensities"] = []
    return msgspec.json.encode({"userData": said})


def _asks(name: str) -> bool:
    return request.args.get(name, "").lower() == "true"


def _properties(profile: Profile) -> dict[str, Any]:
    hardware, place = msgspec.structs.asdict(profile.hardware), msgspec.structs.asdict(profile.place)
    names = ("language", "start_version", "paying")
    own = {**{name: getattr(profile, name) for name in names}, "version": profile.app_version}
    known = {name: value for name, value in {**hardware, **place, **own}.items() if value is not None}
    return {**known, **profile.properties}
