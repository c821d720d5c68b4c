"""`bridge resume`: try a stopped connection again, once its credentials have been mended at the vendor."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from bridge.commands.settings_file import settings_option
from bridge.deployed import deployed
from bridge.errors import SettingsError

if TYPE_CHECKING:
    from bridge.settings import Settings


@click.command()
@settings_option
@click.argument("connection")
def resume(settings: Settings, connection: str) -> None:
    """Let the routes of CONNECTION go on; a key that was changed in the settings lets them go on by itself."""
    names = [each.name for each in settings.connections]
    if connection not in names:
        raise click.UsageError(f"there is no connection {connection!r}, only {', '.join(names)}")
    try:
        with deployed(settings) as bridge:
            bridge.resume(connection)
    except SettingsError as error:
        raise click.ClickException(str(error)) from error
