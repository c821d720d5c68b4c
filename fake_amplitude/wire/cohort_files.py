"""Renders a cohort's members as the CSV of a download, every field quoted (facts/amplitude-api.md 1.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_amplitude.user_properties import CUSTOM, property_of, spelled

if TYPE_CHECKING:
    from fake_amplitude.records import CohortDownload, Profile
    from fake_amplitude.warehouse import Warehouse


def render_cohort_file(ordered: CohortDownload, warehouse: Warehouse) -> bytes:
    """Render the members as they are known now; anonymous ones have a blank user_id."""
    canonical = warehouse.identity.canonical
    profiles = [warehouse.profiles.of(each) for each in dict.fromkeys(map(canonical, ordered.members))]
    names = ordered.property_names
    if names == ():
        names = tuple(sorted({name for profile in profiles for name in profile.properties}))
    lines = [_line("amplitude_id", "user_id", *(names or ()))]
    lines += [
        _line(
            str(profile.amplitude_id),
            profile.user_id or "",
            *(_told(profile, name) for name in names or ()),
        )
        for profile in profiles
    ]
    return "".join(lines).encode()


def _told(profile: Profile, name: str) -> str:
    """Answer a property as text: the customer's own where there is one of the name, else Amplitude's."""
    own = profile.properties.get(name.removeprefix(CUSTOM))
    value = property_of(profile, name) if own is None else own
    return "" if value is None else spelled(value)


def _line(*fields: str) -> str:
    return ",".join('"' + field.replace('"', '""') + '"' for field in fields) + "\n"
