"""`simulator snapshots`: keep places in stories by name, list them, and say what differs between two."""

from pathlib import Path

import click
import msgspec
from rich.console import Console
from rich.table import Table

from simulator.commands.options import json_option, limits_option, seed_option, settings_option
from simulator.playback import THE_END, Playback
from simulator.snapshots import Album
from simulator.story import Limits
from simulator.telling import Telling
from simulator.worldview import differences

folder_option = click.option(
    "--folder",
    "album",
    type=click.Path(file_okay=False, path_type=Path),
    callback=lambda _context, _option, folder: Album(folder),
    default="snapshots",
    show_default=True,
    help="Where the snapshots are kept.",
)


@click.group(name="snapshots")
def snapshots() -> None:
    """Keep places in stories by name; `step` and `serve` go on from them."""


@snapshots.command()
@click.argument("name")
@click.argument("scenario")
@click.option("--beat", type=click.IntRange(0), help="Hold the story after so many beats; without it, at its end.")
@seed_option
@settings_option
@limits_option
@folder_option
def save(
    *,
    name: str,
    scenario: str,
    beat: int | None,
    seed: int,
    settings: tuple[str, ...],
    limits: Limits | None,
    album: Album,
) -> None:
    """Play SCENARIO up to a beat, and keep that place as NAME."""
    with Playback(Telling(scenario, seed, settings, limits)) as playback:
        playback.go_to(THE_END if beat is None else beat)
        snapshot = album.save(name, playback)
    click.echo(f"{name}: {scenario} at beat {snapshot.beat}, {snapshot.at:%Y-%m-%d %H:%M:%S}")


@snapshots.command(name="list")
@json_option
@folder_option
def list_snapshots(*, as_json: bool, album: Album) -> None:
    """List the snapshots of the folder."""
    found = {name: album.find(name) for name in album.names()}
    if as_json:
        click.echo(msgspec.json.encode(found))
        return
    table = Table("name", "scenario", "seed", "settings", "beat", "clock", "next")
    for name, snapshot in found.items():
        told = f"{snapshot.at:%Y-%m-%d %H:%M:%S}"
        settings = " ".join(snapshot.settings)
        ahead = snapshot.ahead or "the story is over"
        table.add_row(name, snapshot.scenario, str(snapshot.seed), settings, str(snapshot.beat), told, ahead)
    Console().print(table)


@snapshots.command()
@click.argument("before")
@click.argument("after")
@json_option
@folder_option
def diff(*, before: str, after: str, as_json: bool, album: Album) -> None:
    """Say what differs between the worlds of BEFORE and AFTER."""
    lines = list(differences(album.load(before).leave(), album.load(after).leave()))
    if as_json:
        click.echo(msgspec.json.encode({"before": before, "after": after, "differences": lines}))
        return
    for line in lines or ["nothing differs"]:
        click.echo(line)
