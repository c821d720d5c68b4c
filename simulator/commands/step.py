"""`simulator step`: a story beat by beat, forwards and backwards, held between two of them as long as one likes."""

import sys
from collections.abc import Callable, Iterator

import click

from simulator.commands.options import limits_option, seed_option, settings_option
from simulator.commands.snapshots import folder_option
from simulator.errors import WrongUsageError, no_such
from simulator.playback import THE_END, Playback
from simulator.snapshots import Album
from simulator.story import Limits
from simulator.telling import Telling

_HELP = "next [N], back [N], go BEAT, end, save NAME, quit"


@click.command()
@click.argument("scenario", required=False)
@click.option("--snapshot", metavar="NAME", help="Go on from this snapshot instead of a scenario's beginning.")
@seed_option
@settings_option
@limits_option
@folder_option
def step(
    *,
    scenario: str | None,
    snapshot: str | None,
    seed: int,
    settings: tuple[str, ...],
    limits: Limits | None,
    album: Album,
) -> None:
    """Play SCENARIO step by step; commands come from standard input: next [N], back [N], go BEAT, end, save NAME, quit.

    The first letter of a command is enough.
    """
    if (scenario is None) == (snapshot is None):
        raise WrongUsageError("step takes either a scenario or --snapshot NAME")
    told = album.load(snapshot) if snapshot else Playback(Telling(scenario or "", seed, settings, limits))
    with told as playback:
        _show(playback, [])
        for command, words in _commands():
            try:
                _obey(playback, album, command, words)
            except WrongUsageError as error:
                click.echo(f"simulator: {error}", err=True)


def _commands() -> Iterator[tuple[str, list[str]]]:
    while True:
        if sys.stdin.isatty():
            click.echo("> ", nl=False)
        line = sys.stdin.readline()
        words = line.split()
        if not line or (words and "quit".startswith(words[0])):
            return
        if words:
            yield words[0], words[1:]


def _obey(playback: Playback, album: Album, command: str, words: list[str]) -> None:
    moves: dict[str, Callable[[], int]] = {
        "next": lambda: playback.beat + _number(words or ["1"]),
        "back": lambda: max(0, playback.beat - _number(words or ["1"])),
        "go": lambda: _number(words),
        "end": lambda: THE_END,
    }
    meant = next((known for known in (*moves, "save") if known.startswith(command)), None)
    if meant is None:
        raise no_such("command", command, (*moves, "save", "quit"), of=f" ({_HELP})")
    if meant == "save":
        name = words[0] if words else ""
        click.echo(f"kept as {name}: beat {album.save(name, playback).beat}")
    else:
        _show(playback, [exchange.line for exchange in playback.go_to(moves[meant]())])


def _number(words: list[str]) -> int:
    if len(words) != 1 or not words[0].isdecimal():
        raise WrongUsageError(f"a number of beats is needed, not {' '.join(words)!r} ({_HELP})")
    return int(words[0])


def _show(playback: Playback, lines: list[str]) -> None:
    for line in lines:
        click.echo(f"    {line}")
    now = playback.simulation.clock.now()
    click.echo(f"beat {playback.beat}, {now:%Y-%m-%d %H:%M:%S}; next: {playback.ahead or 'nothing, the story is over'}")
    for check in playback.ending.checks if playback.ending else ():
        click.echo(f"{'holds' if check.holds else 'DOES NOT HOLD'}  {check.name} ({check.detail})")
