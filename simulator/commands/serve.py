"""`simulator serve`: the street on real sockets, with or without a story played before."""

import signal
from contextlib import ExitStack
from pathlib import Path
from typing import get_args

import click
import orjson

from fake_onesignal.profiles import ProfileName
from simulator.clock import Clock
from simulator.commands.options import seed_option, settings_option
from simulator.commands.snapshots import folder_option
from simulator.driver import SPEED_MAX
from simulator.errors import WrongUsageError
from simulator.live import Live
from simulator.narration import narration
from simulator.ready import forget, write_down
from simulator.recordings.recorder import Recorder
from simulator.simulation import Simulation
from simulator.snapshots import Album
from simulator.story import Ending, Limits
from simulator.telling import Telling


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8790, show_default=True, help="The first of five ports; 0 takes free ones.")
@click.option(
    "--speed", type=click.FloatRange(0, SPEED_MAX), default=1.0, show_default=True, help="0 lets the clock stand."
)
@click.option("--scenario", metavar="NAME", help="Play this scenario first; its world then goes on live.")
@click.option("--snapshot", metavar="NAME", help="Go on live from this snapshot.")
@seed_option
@settings_option
@click.option("--limits", type=click.Choice(get_args(Limits)), default="off", show_default=True)
@click.option(
    "--onesignal-profile",
    "profile",
    type=click.Choice(get_args(ProfileName)),
    default="suggested",
    show_default=True,
    help="Whom OneSignal believes where the sources about it disagree.",
)
@click.option("--ready-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the ready line here, too.")
@folder_option
@click.option(
    "--record",
    "tape",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep every call that comes in on this tape; `recording` makes a scenario, a test or a Locust user of it.",
)
def serve(
    *,
    host: str,
    port: int,
    speed: float,
    scenario: str | None,
    snapshot: str | None,
    seed: int,
    settings: tuple[str, ...],
    limits: Limits,
    profile: ProfileName,
    ready_file: Path | None,
    album: Album,
    tape: Path | None,
) -> None:
    """Serve both services and the bridge on real sockets, until interrupted."""
    if ready_file is not None:
        forget(ready_file)
    if scenario is not None and snapshot is not None:
        raise WrongUsageError("a world goes on from a --scenario or from a --snapshot, not from both")
    if snapshot is not None and tape is not None:
        raise WrongUsageError("a recording begins on a fresh street or after a --scenario, not at a --snapshot")
    if scenario is None and settings:
        raise WrongUsageError("--set needs a --scenario to set something in")
    telling = Telling(scenario, seed, settings, limits) if scenario is not None else None
    if telling is not None:
        simulation, ending = _played(telling)
    elif snapshot is not None:
        playback = album.load(snapshot)
        simulation, ending = playback.leave(), playback.ending
    else:
        simulation, ending = Simulation(seed, limits=limits, start=Clock.on_the_wall().now()), None
        simulation.connect()
    simulation.onesignal.profile = profile
    with ExitStack() as until_closed:
        if tape is not None:
            until_closed.enter_context(Recorder(tape, simulation, after=telling))
        live = until_closed.enter_context(Live(simulation, ending, host=host, port=port, speed=speed))
        for sign in (signal.SIGINT, signal.SIGTERM):
            signal.signal(sign, live.stop)
        line = orjson.dumps(live.ready())
        if ready_file is not None:
            write_down(line + b"\n", ready_file)
        click.echo(line)
        live.wait()


def _played(telling: Telling) -> tuple[Simulation, Ending | None]:
    with narration() as narrator:
        simulation = telling.begin(narrator)
        return simulation, telling.tell(simulation)
