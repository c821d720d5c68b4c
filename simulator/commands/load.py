"""`simulator load`: Locust against the live street."""

import sys
from pathlib import Path

import click
import orjson
from rich.console import Console
from rich.table import Table

from simulator.commands.options import DOES_NOT_HOLD, HOLDS, json_option, seed_option
from simulator.load.drive import LOCUSTFILE, drive


@click.command()
@click.option("--seconds", type=click.IntRange(1, 3600), default=20, show_default=True)
@click.option("--users", type=click.IntRange(1, 10_000), default=30, show_default=True, help="Locust users.")
@click.option(
    "--locustfile",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    default=LOCUSTFILE,
    help="Your own Locust users, for example of a recording, instead of those of the house.",
)
@seed_option
@json_option
def load(*, seconds: int, users: int, locustfile: Path, seed: int, as_json: bool) -> None:
    """Drive the live bridge and both fakes with Locust; print requests/s, p95 and failures."""
    figures = drive(seconds=seconds, users=users, seed=seed, locustfile=locustfile)
    if as_json:
        click.echo(orjson.dumps(figures, option=orjson.OPT_INDENT_2))
    else:
        table = Table(box=None)
        table.add_column("request", no_wrap=True)
        for heading in ("requests", "failures", "requests/s", "median ms", "p95 ms"):
            table.add_column(heading, justify="right")
        for figure in figures:
            table.add_row(
                figure.name,
                f"{figure.requests:,}",
                f"{figure.failures:,}",
                f"{figure.requests_per_s:,.0f}",
                f"{figure.median_ms:.0f}",
                f"{figure.p95_ms:.0f}",
            )
        Console().print(table)
    sys.exit(HOLDS if figures and not any(figure.failures for figure in figures) else DOES_NOT_HOLD)
