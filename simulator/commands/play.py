"""`simulator play`: tells one story and prints what must be true at its end."""

import sys
from typing import Any

import click
import orjson
from rich.console import Console
from rich.markup import escape

from simulator.commands.options import DOES_NOT_HOLD, HOLDS, limits_option, seed_option, settings_option
from simulator.errors import WrongUsageError
from simulator.narration import narration
from simulator.story import Ending, Limits, Line
from simulator.telling import Telling


@click.command()
@click.argument("name")
@seed_option
@settings_option
@limits_option
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--explain", "user", metavar="USER", help="Say which row a user is in, and why.")
@click.option("--list", "listed", is_flag=True, help="List every user with the row it is in.")
def play(
    *,
    name: str,
    seed: int,
    settings: tuple[str, ...],
    limits: Limits | None,
    as_json: bool,
    user: str | None,
    listed: bool,
) -> None:
    """Play a scenario and print what must be true at its end."""
    telling = Telling(name, seed, settings, limits)
    with narration(quiet=as_json) as narrator:
        simulation = telling.begin(narrator)
        ending = telling.tell(simulation)
    if as_json:
        shown = _ending_as_json(ending) | {"digest": simulation.digest()}
        if user is not None:
            shown["explanation"] = _explained(ending, user)
        if listed:
            shown["everybody"] = [{"user": user, "reason": reason} for user, reason in ending.everybody]
        about = {"scenario": name, "seed": seed, "parameters": telling.parameters}
        click.echo(orjson.dumps(about | shown, option=orjson.OPT_INDENT_2))
    else:
        _print_ending(f"{name} (seed {seed})", ending)
        for told in _explained(ending, user) if user is not None else ():
            click.echo(told)
        for whoever, reason in ending.everybody if listed else ():
            click.echo(f"{whoever}\t{reason}")
    sys.exit(HOLDS if ending.holds else DOES_NOT_HOLD)


def _ending_as_json(ending: Ending) -> dict[str, Any]:
    return {
        "holds": ending.holds,
        "checks": [{"name": check.name, "holds": check.holds, "detail": check.detail} for check in ending.checks],
        "account": [
            {"reason": line.reason, "users": line.users, "subscriptions": line.subscriptions} for line in ending.account
        ],
    }


def _explained(ending: Ending, user: str) -> list[str]:
    told = list(ending.explain(user))
    if not told:
        raise WrongUsageError(f"there is nobody called {user!r} in this account; it takes a user id or an Amplitude ID")
    return told


def _print_ending(title: str, ending: Ending) -> None:
    console = Console(highlight=False)
    console.print(f"[bold]{escape(title)}[/bold]")
    for line in ending.account:
        console.print(_line(line), markup=False, soft_wrap=True)
    for check in ending.checks:
        mark = "[green]holds[/green]" if check.holds else "[red]DOES NOT HOLD[/red]"
        console.print(f"{mark}  {escape(check.name)} ({escape(check.detail)})", soft_wrap=True)


def _line(line: Line) -> str:
    minus_or_plus = line.sign in {"-", "+"}
    label = f"{'  ' if minus_or_plus else ''}{line.sign} {line.reason}" if line.sign else line.reason
    count = f"{line.sign if minus_or_plus and line.count else ''}{line.count:,}"
    return f"{label:<54}{count:>9} {line.unit}".rstrip()
