"""`bridge run`: serve the doors and deliver what they took, until interrupted."""

from __future__ import annotations

import socket
from threading import Event, Thread
from typing import TYPE_CHECKING

import click
from waitress.server import create_server

from bridge.commands.settings_file import settings_option
from bridge.deployed import deployed
from bridge.errors import OutboxUnavailable

if TYPE_CHECKING:
    from bridge.bridge import Bridge
    from bridge.settings import Settings

_LONGEST_NAP_S = 0.5  # a door may put something into the outbox while the driver naps


@click.command()
@settings_option
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", default=8080, show_default=True, type=click.IntRange(0, 65535))
def run(settings: Settings, host: str, port: int) -> None:
    """Serve the doors and deliver what they took, until interrupted."""
    with deployed(settings) as bridge:
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


def drive(bridge: Bridge, stopping: Event) -> None:
    """Deliver whatever is due, until told to stop; what the database cannot write now is tried again."""
    while not stopping.wait(_LONGEST_NAP_S):
        try:
            bridge.run_due()
        except OutboxUnavailable as error:
            click.echo(str(error), err=True)
