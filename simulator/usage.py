"""Finds commands by name, and says wrong usage in one line on stderr with the nearest right name, exit code 2."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import click

from simulator.errors import WrongUsageError, no_such

_WRONG_USAGE: Final = 2
COMMANDS: Final = {
    "scenarios": "list_scenarios",
    "play": "play",
    "explain": "explain",
    "step": "step",
    "snapshots": "snapshots",
    "serve": "serve",
    "recording": "recording",
    "reconcile": "reconcile",
    "routes": "routes",
    "storm": "storm",
    "sweep": "sweep",
    "load": "load",
}


class Commands(click.Group):
    """The commands of `simulator/commands`, each loaded when it is asked for; every refusal is one line."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002  # click's signature
        """Name the commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002  # likewise
        """Load a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(import_module(f"simulator.commands.{cmd_name}"), COMMANDS[cmd_name])
        return command

    def main(self, *args: Any, **settings: Any) -> Any:
        """Run the command line; a refusal ends the process."""
        try:
            return super().main(*args, **settings)
        except WrongUsageError as error:
            click.echo(f"simulator: {error}", err=True)
            sys.exit(_WRONG_USAGE)

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words before the command."""
        with _in_one_line():
            return super().parse_args(ctx, args)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find a command by its name."""
        if args[0] not in COMMANDS:
            raise no_such("command", args[0], COMMANDS)
        return super().resolve_command(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command with the words after it."""
        with _in_one_line():
            return super().invoke(ctx)


@contextmanager
def _in_one_line() -> Iterator[None]:
    """Say click's page of advice in one line; whoever types nothing at all is still shown the help."""
    try:
        yield
    except click.exceptions.NoArgsIsHelpError:
        raise
    except click.UsageError as error:
        raise WrongUsageError(error.format_message()) from error
