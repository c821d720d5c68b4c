"""Reads the settings from a TOML file and the environment; whatever is wrong is said in one line."""

from __future__ import annotations

import tomllib
from typing import TYPE_CHECKING

import msgspec

from bridge.environment import override
from bridge.errors import SettingsError
from bridge.setting_names import require_settings
from bridge.settings import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


def read_settings(path: Path, environ: Mapping[str, str] | None = None) -> Settings:
    """Read the fields of `Settings`, one `[[connections]]` table for each connection; raises SettingsError.

    What `environ` says (see environment.py) goes before what the file says.
    """
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
        override(table, environ or {})
        require_settings(table)
        return msgspec.convert(table, Settings)
    except SettingsError:
        raise
    except (OSError, ValueError) as error:
        raise SettingsError(f"{path}: {error}") from error
