"""`simulator routes`: every operation of both vendors, how it is built, and what proves it."""

from collections import Counter

import click
import orjson

from simulator.commands.options import json_option
from simulator.coverage import operations


@click.command()
@json_option
def routes(*, as_json: bool) -> None:
    """List every operation of both vendors: how it is built, and the test that proves it."""
    rows = operations()
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    for row in rows:
        click.echo(f"{row.vendor:<10}{row.level:<10}{row.method:<8}{row.path:<72}{row.proof}")
    counts = Counter((row.vendor, row.level) for row in rows)
    click.echo("; ".join(f"{vendor} {level}: {count}" for (vendor, level), count in sorted(counts.items())))
