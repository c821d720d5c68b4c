"""Reads the settings from a TOML file and the environment; a wrong key is named, with the nearest right one."""

from __future__ import annotations

import tomllib
from dataclasses import fields
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from bridge.choices import CohortPull, CustomEvents, Tags, Texts
from bridge.environment import override
from bridge.errors import SettingsError
from bridge.serving import Doors
from bridge.settings import AmplitudeProject, Connection, OneSignalApp, Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
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


def read_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the fields of `Settings`, one `[[connections]]` table for each connection; raises SettingsError.

    What `environ` says (see environment.py) goes before what the file says.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        override(table, environ or {})
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
