"""Reads the settings from a TOML file; a wrong key is named, with the nearest right one."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from bridge.choices import CohortPull, CustomEvents, Tags, Texts
from bridge.errors import SettingsError
from bridge.serving import Doors
from bridge.settings import AmplitudeProject, Connection, OneSignalApp, Settings

if TYPE_CHECKING:
    from pathlib import Path

    from _typeshed import DataclassInstance

_RECORD_OF = {
    "doors": Doors,
    "connections": Connection,
    "onesignal": OneSignalApp,
    "amplitude": AmplitudeProject,
    "texts": Texts,
    "tags": Tags,
    "pulls": CohortPull,
    "custom_events": CustomEvents,
}


def read_settings(path: Path) -> Settings:
    """Read `outbox_url`, `outbox_maximum` and one `[[connections]]` table for each; raises SettingsError."""
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        _require_known_keys("", Settings, table)
        return msgspec.convert(table, Settings)
    except SettingsError:
        raise
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error


def _require_known_keys(prefix: str, record: type[DataclassInstance], table: dict[str, object]) -> None:
    known = [each.name for each in fields(record)]
    for key, value in table.items():
        if key not in known:
            nearest = get_close_matches(key, known, n=1, cutoff=0)[0]
            raise SettingsError(f"there is no setting {prefix + key!r}; did you mean {prefix + nearest!r}?")
        for inner in value if isinstance(value, list) else [value]:
            if key in _RECORD_OF and isinstance(inner, dict):
                _require_known_keys(f"{prefix}{key}.", _RECORD_OF[key], inner)
