"""`simulator scenarios`: the stories and their parameters."""

from collections.abc import Iterable, Iterator
from typing import Any

import click
import orjson

from simulator.commands.options import json_option
from simulator.story import Story, stories


@click.command("scenarios")
@json_option
@click.option("--markdown", is_flag=True, help="Print the table that the README shows.")
def list_scenarios(*, as_json: bool, markdown: bool) -> None:
    """List the scenarios and their parameters."""
    found = list(stories())
    if markdown:
        click.echo("\n".join(as_markdown(found)))
        return
    if as_json:
        click.echo(orjson.dumps([_described(each) for each in found], option=orjson.OPT_INDENT_2))
        return
    width = max(len(each.name) for each in found) + 2
    for each in found:
        click.echo(f"{each.name:<{width}}{each.summary}")
        click.echo(f"{'':<{width}}{' '.join(f'{name}={_shown(default)}' for name, default in each.defaults.items())}")


def as_markdown(found: Iterable[Story]) -> Iterator[str]:
    """Write the scenarios as the README's table."""
    yield "| scenario | its story |"
    yield "|---|---|"
    for each in found:
        yield f"| `{each.name}` | {each.summary} |"


def _described(each: Story) -> dict[str, Any]:
    return {"name": each.name, "summary": each.summary, "limits": each.limits, "parameters": each.defaults}


def _shown(default: Any) -> str:
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)
