"""`simulator storm`: bad weather from seeds, then calm, then the laws; a failing storm is made small."""

import gc
import sys
from dataclasses import asdict

import click
import orjson

from simulator.commands.options import DOES_NOT_HOLD, HOLDS, json_option
from simulator.storm import Aftermath, Gust, shrink
from simulator.storm import storm as rage


@click.command()
@click.option("--seeds", type=click.IntRange(1, 1_000_000), default=10, show_default=True, help="How many storms.")
@click.option("--first", type=click.IntRange(0, 2**63 - 1), default=0, show_default=True, help="The first seed.")
@click.option("--people", type=click.IntRange(1, 100_000), default=20, show_default=True)
@click.option("--gust", "gusts", multiple=True, help="One gust instead of those of the seed; may be repeated.")
@click.option("--calm", is_flag=True, help="No gusts at all.")
@json_option
def storm(*, seeds: int, first: int, people: int, gusts: tuple[str, ...], calm: bool, as_json: bool) -> None:
    """Let storms rage and check every law after each; a failing one prints the command that repeats it."""
    given = tuple(Gust.read(gust) for gust in gusts) if gusts or calm else None
    gc.set_threshold(50_000, 20, 100)  # a storm's records live as long as the storm
    gc.freeze()  # what is loaded by now stays, and every collection would walk through it again
    failed = []
    for seed in range(first, first + seeds):
        aftermath = rage(seed, people=people, gusts=given)
        if not aftermath.holds:
            failed.append(shrink(aftermath))
            if not as_json:
                _tell(failed[-1])
    if as_json:
        told = [asdict(aftermath) | {"again": aftermath.again} for aftermath in failed]
        click.echo(orjson.dumps({"storms": seeds, "first": first, "people": people, "failed": told}))
    else:
        click.echo(f"{seeds - len(failed)} of {seeds} storms left every law standing")
    sys.exit(DOES_NOT_HOLD if failed else HOLDS)


def _tell(aftermath: Aftermath) -> None:
    click.echo(f"seed {aftermath.seed}, {aftermath.people} people, {aftermath.again}")
    for gust in aftermath.gusts:
        click.echo(f"  {gust}")
    for check in aftermath.checks:
        if not check.holds:
            click.echo(f"  broken: {check.name} ({check.detail})")
