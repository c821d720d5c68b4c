"""The command line: `simulator scenarios | play | serve | load`; exit code 0 holds, 1 does not hold, 2 wrong usage."""

import signal
import sys
from collections import Counter
from pathlib import Path
from typing import Any, Literal

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.errors import WrongUsageError
from simulator.narration import narration
from simulator.ready import forget, write_down
from simulator.story import Ending, Line, Story, stories, story
from simulator.usage import Commands

_HOLDS, _DOES_NOT_HOLD = 0, 1
_settings = click.option(
    "settings", "--set", multiple=True, metavar="KEY=VALUE", help="Set a parameter of the scenario; may be repeated."
)
_seed = click.option(
    "--seed",
    type=click.IntRange(-(2**63), 2**63 - 1),
    default=7,
    show_default=True,
    help="Decides every id and every chance.",
)


@click.group(cls=Commands)
@click.version_option(package_name="onesignal-amplitude-simulator")
def main() -> None:
    """Simulate the OneSignal <-> Amplitude integration on this machine."""


@main.command("scenarios")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def list_scenarios(*, as_json: bool) -> None:
    """List the scenarios and their parameters."""
    found = list(stories())
    if as_json:
        click.echo(orjson.dumps([_described(each) for each in found], option=orjson.OPT_INDENT_2))
        return
    for each in found:
        click.echo(f"{each.name:<22}{each.summary}")
        click.echo(f"{'':<22}{' '.join(f'{name}={_shown(default)}' for name, default in each.defaults.items())}")


@main.command()
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def routes(*, as_json: bool) -> None:
    """List every operation of both vendors: how it is built, and the test that proves it."""
    from simulator.coverage import operations  # noqa: PLC0415  # as in `play`

    rows = operations()
    if as_json:
        click.echo(orjson.dumps(rows, option=orjson.OPT_INDENT_2))
        return
    for row in rows:
        click.echo(f"{row.vendor:<10}{row.level:<10}{row.method:<8}{row.path:<72}{row.proof}")
    counts = Counter((row.vendor, row.level) for row in rows)
    click.echo("; ".join(f"{vendor} {level}: {count}" for (vendor, level), count in sorted(counts.items())))


@main.command()
@click.argument("name")
@_seed
@_settings
@click.option("--limits", type=click.Choice(["off", "documented"]), help="Rate limits and the vendors' job times.")
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.option("--explain", "user", metavar="USER", help="Say which row a user is in, and why.")
@click.option("--list", "listed", is_flag=True, help="List every user with the row it is in.")
def play(
    *,
    name: str,
    seed: int,
    settings: tuple[str, ...],
    limits: Literal["off", "documented"] | None,
    as_json: bool,
    user: str | None,
    listed: bool,
) -> None:
    """Play a scenario and print what must be true at its end."""
    from simulator.simulation import Simulation  # noqa: PLC0415  # wrong usage answers without loading the houses

    chosen = story(name)
    parameters = chosen.read_parameters(settings)
    with narration(quiet=as_json) as narrator:
        simulation = Simulation(seed, limits=limits or chosen.limits, narrator=narrator)
        ending = chosen.play(simulation, **parameters)
    if as_json:
        shown = _ending_as_json(ending) | {"digest": simulation.digest()}
        if user is not None:
            shown["explanation"] = _explained(ending, user)
        if listed:
            shown["everybody"] = [{"user": user, "reason": reason} for user, reason in ending.everybody]
        about = {"scenario": name, "seed": seed, "parameters": parameters}
        click.echo(orjson.dumps(about | shown, option=orjson.OPT_INDENT_2))
    else:
        _print_ending(f"{name} (seed {seed})", ending)
        for told in _explained(ending, user) if user is not None else ():
            click.echo(told)
        for whoever, reason in ending.everybody if listed else ():
            click.echo(f"{whoever}\t{reason}")
    sys.exit(_HOLDS if ending.holds else _DOES_NOT_HOLD)


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=int, default=8790, show_default=True, help="The first of five ports; 0 takes free ones.")
@click.option("--scenario", "name", metavar="NAME", help="Play this scenario first; its world then goes on live.")
@_seed
@_settings
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
    from simulator.clock import Clock  # noqa: PLC0415  # as in `play`
    from simulator.live import Live  # noqa: PLC0415
    from simulator.simulation import Simulation  # noqa: PLC0415

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


@main.command()
@click.option("--seconds", type=click.IntRange(1, 3600), default=20, show_default=True)
@click.option("--users", type=click.IntRange(1, 10_000), default=30, show_default=True, help="Locust users.")
@_seed
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def load(*, seconds: int, users: int, seed: int, as_json: bool) -> None:
    """Drive the live bridge and both fakes with Locust; print requests/s, p95 and failures."""
    from simulator.load.drive import drive  # noqa: PLC0415  # as in `play`

    figures = drive(seconds=seconds, users=users, seed=seed)
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
    sys.exit(_HOLDS if figures and not any(figure.failures for figure in figures) else _DOES_NOT_HOLD)


def _described(each: Story) -> dict[str, Any]:
    return {"name": each.name, "summary": each.summary, "limits": each.limits, "parameters": each.defaults}


def _shown(default: Any) -> str:
    return ",".join(map(str, default)) if isinstance(default, tuple) else str(default)


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


if __name__ == "__main__":
    main()
