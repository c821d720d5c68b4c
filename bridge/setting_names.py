"""Which settings there are, table by table: a wrong name is answered with the nearest right one."""

from __future__ import annotations

from dataclasses import fields
from difflib import get_close_matches
from types import MappingProxyType, UnionType
from typing import TYPE_CHECKING, Literal, get_args, get_origin, get_type_hints

from bridge.choices import CohortPull, CustomEvents, Tags, Texts
from bridge.errors import SettingsError
from bridge.serving import Doors
from bridge.settings import AmplitudeProject, Connection, OneSignalApp, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping

    from _typeshed import DataclassInstance

RECORD_OF_TABLE: Mapping[str, type[DataclassInstance]] = MappingProxyType(
    {
        "": Settings,
        "doors": Doors,
        "connections": Connection,
        "onesignal": OneSignalApp,
        "amplitude": AmplitudeProject,
        "texts": Texts,
        "tags": Tags,
        "pulls": CohortPull,
        "custom_events": CustomEvents,
    }
)


def is_text(table: str, key: str) -> bool:
    """Say whether a setting is a text, whatever else may be written there."""
    record = RECORD_OF_TABLE.get(table)
    kind = get_type_hints(record).get(key) if record is not None else None
    return kind is str or get_origin(kind) is Literal or (get_origin(kind) is UnionType and str in get_args(kind))


def require_settings(settings: Mapping[str, object], *, table: str = "", prefix: str = "") -> None:
    """Refuse a name that no setting has, and a text that is not in quotes."""
    known = [each.name for each in fields(RECORD_OF_TABLE[table])]
    for key, value in settings.items():
        if key not in known:
            nearest = get_close_matches(key, known, n=1, cutoff=0)[0]
            raise SettingsError(f"there is no setting {prefix + key!r}; did you mean {prefix + nearest!r}?")
        if is_text(table, key) and not isinstance(value, str):
            raise SettingsError(f"{prefix}{key} is a text: write it in quotes")
        for inner in value if isinstance(value, list) else [value]:
            if key in RECORD_OF_TABLE and isinstance(inner, dict):
                require_settings(inner, table=key, prefix=f"{prefix}{key}.")
