"""How a command answers: a few lines for a person, or with --json the whole record for a program."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

import click
import msgspec

from bridge.deployed import deployed
from bridge.errors import DoorError, OperatorError, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from bridge.bridge import Bridge
    from bridge.settings import Settings

json_option = click.option("--json", "as_json", is_flag=True, help="Answer in JSON.")


@contextmanager
def opened(settings: Settings) -> Iterator[Bridge]:
    """Open the bridge for one command; what cannot be done is one line on the standard error."""
    try:
        with deployed(settings) as bridge:
            yield bridge
    except (SettingsError, OperatorError, DoorError) as error:
        raise click.ClickException(str(error)) from error


def show(record: object, lines: Iterable[str], *, as_json: bool) -> None:
    """Print a record as JSON, or the lines that say the same."""
    if as_json:
        click.echo(msgspec.json.format(msgspec.json.encode(record), indent=2))
        return
    for line in lines:
        click.echo(line)


def in_words(counts: Iterable[tuple[str, int]]) -> str:
    """Answer `3 already a member, 1 unresolved mapping`; `none` when there is nothing."""
    return ", ".join(f"{times} {reason}" for reason, times in counts) or "none"
