"""The option that every command has: where the settings are."""

from __future__ import annotations

import os
from pathlib import Path

import click

from bridge.config import read_settings
from bridge.errors import SettingsError
from bridge.settings import Settings


class SettingsFile(click.Path):
    """A TOML file that is read and checked at once; a wrong setting is wrong usage, in one line."""

    name = "file"

    def __init__(self) -> None:
        super().__init__(path_type=Path)

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Settings:  # type: ignore[override]  # the file's settings, not its path
        """Answer the settings in the file."""
        if isinstance(value, Settings):
            return value
        try:
            return read_settings(Path(str(value)), os.environ)
        except SettingsError as error:
            self.fail(str(error), param, ctx)


settings_option = click.option(
    "--config",
    "settings",
    type=SettingsFile(),
    required=True,
    envvar="BRIDGE_CONFIG",
    help="A TOML file with the settings; BRIDGE_... in the environment overrides it.",
)
