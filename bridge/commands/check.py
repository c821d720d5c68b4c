"""`bridge check`: says whether the settings are right, the outbox is there, and every vendor takes its credential."""

from __future__ import annotations

import sys
from dataclasses import asdict
from typing import TYPE_CHECKING

import click
import msgspec

from bridge.commands.settings_file import settings_option
from bridge.credentials import Finding, try_credentials
from bridge.database import Database
from bridge.deployed import outgoing_session
from bridge.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bridge.settings import Settings


@click.command()
@settings_option
@click.option("--json", "as_json", is_flag=True, help="Print the findings as JSON.")
def check(settings: Settings, *, as_json: bool) -> None:
    """Try everything that can be tried without changing anything; exits with 1 when something is refused."""
    findings = [*_try_outbox(settings), *_try_vendors(settings)]
    if as_json:
        click.echo(msgspec.json.encode([asdict(finding) for finding in findings]))
    else:
        for finding in findings:
            where = f"{finding.connection}: " if finding.connection else ""
            click.echo(f"{where}{finding.credential}: {finding.objection or 'ok'}")
    sys.exit(any(finding.objection is not None for finding in findings))


def _try_outbox(settings: Settings) -> Iterator[Finding]:
    try:
        Database(settings.outbox_url).close()
    except SettingsError as error:
        yield Finding("", "outbox_url", str(error).removeprefix("outbox_url: "))
    else:
        yield Finding("", "outbox_url", None)


def _try_vendors(settings: Settings) -> Iterator[Finding]:
    with outgoing_session(settings) as session:
        for connection in settings.connections:
            yield from try_credentials(connection, session)
