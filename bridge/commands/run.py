"""`bridge run`: serve the doors and deliver what they took, until interrupted."""

from __future__ import annotations

import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import click

from bridge.commands.settings_file import settings_option
from bridge.errors import SettingsError

if TYPE_CHECKING:
    from bridge.settings import Settings


@click.command()
@settings_option
@click.option("--host", help="Where to listen, instead of what the file says.")
@click.option("--port", type=click.IntRange(0, 65535), help="Likewise; 0 takes any free port.")
def run(settings: Settings, host: str | None, port: int | None) -> None:
    """Serve the doors and deliver what they took, until SIGTERM or SIGINT."""
    try:
        from bridge.daemon import run as run_daemon  # noqa: PLC0415  # the simulator needs no granian
    except ImportError as error:
        raise click.ClickException(f"{error}: install the extra 'deploy'") from error
    doors = replace(
        settings.doors,
        host=settings.doors.host if host is None else host,
        port=settings.doors.port if port is None else port,
    )
    try:
        status = run_daemon(replace(settings, doors=doors))
    except (SettingsError, OSError) as error:
        raise click.ClickException(str(error)) from error
    sys.exit(status)
