"""What a user property is called and what its value looks like to rules, filters and destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from fake_amplitude.records import Profile

CUSTOM = "gp:"
OF_HARDWARE = {
    "platform": "platform",
    "os": "os_name",
    "device": "device_model",
    "device_type": "device_model",
    "device_model": "device_model",
    "carrier": "carrier",
}
OF_PLACE = {"country": "country", "region": "region", "city": "city", "dma": "dma", "DMA": "dma"}
TOLD = {"version": "app_version", "language": "language", "start_version": "start_version", "paying": "paying"}
_OF_PROFILE = {"user_id": "user_id", "amplitude_id": "amplitude_id", **TOLD}


def property_of(profile: Profile, name: str) -> Any:
    """Answer a user property: `gp:plan` or `plan` is the customer's own, `country` and the like are Amplitude's."""
    if name.startswith(CUSTOM):
        return profile.properties.get(name.removeprefix(CUSTOM))
    if name in _OF_PROFILE:
        return getattr(profile, _OF_PROFILE[name])
    if name in profile.properties:
        return profile.properties[name]
    if name in OF_PLACE:
        return getattr(profile.place, OF_PLACE[name])
    return getattr(profile.hardware, OF_HARDWARE[name]) if name in OF_HARDWARE else None


def spelled(value: Any) -> str:
    """Answer a value as text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def mapped_value(profile: Profile, name: str) -> str | None:
    """Answer the value a user is sent to a partner under; None when there is none or it is not one plain value."""
    value = property_of(profile, name)
    if value is None or value == "" or isinstance(value, (dict, list)):
        return None
    return spelled(value)
