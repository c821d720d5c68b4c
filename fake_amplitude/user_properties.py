"""What a user property is called and what its value looks like to rules, filters and destinations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from fake_amplitude.records import Profile

CUSTOM = "gp:"
_OF_HARDWARE = {
    "platform": "platform",
    "os": "os_name",
    "device_type": "device_model",
    "carrier": "carrier",
}
_OF_PLACE = ("country", "region", "city", "dma")
_OF_PROFILE = ("user_id", "amplitude_id", "language", "start_version", "paying")


def property_of(profile: Profile, name: str) -> Any:
    """Answer a user property: `gp:plan` or `plan` is the customer's own, `country` and the like are Amplitude's."""
    if name.startswith(CUSTOM):
        return profile.properties.get(name.removeprefix(CUSTOM))
    if name in _OF_PROFILE:
        return getattr(profile, name)
    if name in profile.properties:
        return profile.properties[name]
    if name in _OF_PLACE:
        return getattr(profile.place, name)
    return getattr(profile.hardware, _OF_HARDWARE[name]) if name in _OF_HARDWARE else None


def spelled(value: Any) -> str:
    """Answer a value as text: strings as they are, everything else as JSON."""
    return value if isinstance(value, str) else msgspec.json.encode(value).decode()


def mapped_value(profile: Profile, name: str) -> str | None:
    """Answer the value a user is sent to a partner under; None when there is none or it is not one plain value."""
    value = property_of(profile, name)
    if value is None or value == "" or isinstance(value, (dict, list)):
        return None
    return spelled(value)
