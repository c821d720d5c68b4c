"""Runs the bridge as a daemon: `python -m bridge --config bridge.toml`."""

from __future__ import annotations

import socket
import uuid
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

import click
import requests
from waitress.server import create_server

from bridge.bridge import Bridge
from bridge.config import read_settings
from bridge.errors import OutboxUnavailable, SettingsError

_LONGEST_NAP_S = 0.5  # a door may put something into the outbox while the driver naps


@click.command()
@click.option("--config", type=click.Path(path_type=Path), required=True, help="A TOML file with the settings.")
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
def main(config: Path, host: str, port: int) -> None:
    """Serve the doors and deliver what they took, until interrupted."""
    try:
        settings = read_settings(config)
    except SettingsError as error:
        raise click.UsageError(str(error)) from error
    session = requests.Session()
    session.trust_env = False
    bridge = Bridge(settings, now=_utc_now, ids=_new_id, session=session)
    stopping = Event()
    driver = Thread(target=drive, args=(bridge, stopping), name="bridge driver")
    listening = socket.create_server((host, port))
    server = create_server(bridge, sockets=[listening])
    click.echo(f"the bridge listens on http://{host}:{listening.getsockname()[1]}")
    driver.start()
    try:
        server.run()
    finally:
        stopping.set()
        driver.join()
        bridge.close()


def drive(bridge: Bridge, stopping: Event) -> None:
    """Deliver whatever is due, until told to stop; what the database cannot write now is tried again."""
    while not stopping.wait(_LONGEST_NAP_S):
        try:
            bridge.run_due()
        except OutboxUnavailable as error:
            click.echo(str(error), err=True)


def _utc_now() -> datetime:
    return datetime.now(UTC)  # noqa: TID251  # the daemon is who owns the wall clock of a deployed bridge


def _new_id() -> str:
    return str(uuid.uuid4())  # noqa: TID251  # and its luck


if __name__ == "__main__":
    main()
