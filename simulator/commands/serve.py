"""`simulator serve`: the street on real sockets, with or without a story played before."""

import signal
from pathlib import Path
from typing import Literal

import click
import orjson

from simulator.clock import Clock
from simulator.commands.options import seed_option, settings_option
from simulator.errors import WrongUsageError
from simulator.live import Live
from simulator.narration import narration
from simulator.ready import forget, write_down
from simulator.simulation import Simulation
from simulator.story import Ending, story


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8790, show_default=True, help="The first of five ports; 0 takes free ones.")
@click.option("--scenario", "name", metavar="NAME", help="Play this scenario first; its world then goes on live.")
@seed_option
@settings_option
@click.option("--limits", type=click.Choice(["off", "documented"]), default="off", show_default=True)
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the ready line here, too.")
def serve(
    *,
    host: str,
    port: int,
    name: str | None,
    seed: int,
    settings: tuple[str, ...],
    limits: Literal["off", "documented"],
    ready_file: Path | None,
) -> None:
    """Serve both services and the bridge on real sockets, until interrupted."""
    ending: Ending | None = None
    if ready_file is not None:
        forget(ready_file)
    if name is None:
        if settings:
            raise WrongUsageError("--set needs a --scenario to set something in")
        simulation = Simulation(seed, limits=limits, start=Clock.on_the_wall().now())
        simulation.connect()
    else:
        chosen = story(name)
        parameters = chosen.read_parameters(settings)
        with narration() as narrator:
            simulation = Simulation(seed, limits=limits, narrator=narrator)
            ending = chosen.play(simulation, **parameters)
    with Live(simulation, ending, host=host, port=port) as live:
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, live.stop)
        line = orjson.dumps(live.ready())
        if ready_file is not None:
            write_down(line + b"\n", ready_file)
        click.echo(line)
        live.wait()
