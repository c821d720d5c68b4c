"""`simulator reconcile`: explains, from two real files, why a segment counts differently than its cohort."""

import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

import click
import orjson
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from simulator.accounts.catalogue import entries, entry
from simulator.accounts.from_files import Files, reconcile_files
from simulator.accounts.notes import Note
from simulator.accounts.telling import explain
from simulator.commands.options import DOES_NOT_HOLD, HOLDS, json_option
from simulator.errors import no_such
from simulator.reconcile import Account, Row, Verdict

_FILE: Final = click.Path(path_type=Path)
_LIKENESS: Final = 2
_WEIGHED_MAX: Final = 2_000
_COUNT_MAX: Final = 10**12


def _print_reasons(context: click.Context, _: click.Parameter, wanted: bool) -> None:  # noqa: FBT001  # click's
    if wanted:
        for reason in entries().values():
            click.echo(f"{reason.code}  {reason.sentence}\n     {reason.needs}: {reason.recognised}")
        context.exit()


@click.command()
@click.option("--amplitude", "cohort", type=_FILE, required=True, metavar="CSV", help="The cohort, downloaded.")
@click.option("--onesignal", "users", type=_FILE, required=True, metavar="CSV", help="All subscriptions, exported.")
@click.option("--segment", type=_FILE, metavar="CSV", help="The segment's subscriptions, exported.")
@click.option(
    "--segment-count", type=click.IntRange(0, _COUNT_MAX), metavar="N", help="What OneSignal shows of the segment."
)
@click.option("--history", type=_FILE, metavar="CSV", help="Amplitude's sync history of the last run.")
@click.option("--before", type=_FILE, metavar="CSV", help="An earlier export of all subscriptions.")
@click.option("--mapped-property", default="user_id", show_default=True, help="The column that holds the external id.")
@click.option("--explain", "user", metavar="USER", help="Say which row a user is in, and why.")
@click.option("--list", "listed", is_flag=True, help="List every user with its row.")
@click.option(
    "--reasons",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_reasons,
    help="Read the whole catalogue of reasons, and what it takes to see each.",
)
@json_option
def reconcile(
    *,
    cohort: Path,
    users: Path,
    segment: Path | None,
    segment_count: int | None,
    history: Path | None,
    before: Path | None,
    mapped_property: str,
    user: str | None,
    listed: bool,
    as_json: bool,
) -> None:
    """Explain why a segment counts differently than its cohort, from Amplitude's file and OneSignal's.

    Both are CSV or gzipped CSV, in UTF-8, with columns in any order. Of Amplitude's file user_id (or the mapped
    property) is read, amplitude_id where it is there, and every further column as a clue. Of OneSignal's file, one row
    a subscription, external_user_id, id and invalid_identifier are read, and where they are there notification_types,
    device_type, identifier and onesignal_id.

    A subscription is subscribed when invalid_identifier is "f" and notification_types is above 0 or blank; 0 and -99
    are no refusal for e-mail and SMS. A subscription that is there twice counts once, as its last line says. Users
    without any subscription are not in OneSignal's export, so they are told as not being in OneSignal.
    """
    files = Files(cohort, users, segment=segment, history=history, before=before)
    account, notes = reconcile_files(files, mapped_property=mapped_property, segment_count=segment_count)
    told = _explained(account, user) if user is not None else []
    if as_json:
        shown = _as_json(account, notes) | ({} if user is None else {"explanation": told})
        if listed:
            shown["everybody"] = [_user_as_json(verdict) for verdict in account.verdicts]
        click.echo(orjson.dumps(shown, option=orjson.OPT_INDENT_2))
    else:
        _print(account, notes)
        for words in told:
            click.echo(words)
        for verdict in account.verdicts if listed else ():
            member, cause = verdict.member, verdict.cause
            click.echo(f"{member.value or member.amplitude_id}\t{cause.code}\t{verdict.outcome.value}")
    sys.exit(HOLDS if account.sum_holds else DOES_NOT_HOLD)


def _explained(account: Account, user: str) -> list[str]:
    told = list(explain(account, user))
    if not told:
        raise no_such("user of the cohort", user, _names_like(user, account))
    return told


def _names_like(user: str, account: Account) -> list[str]:
    """Give names that may be meant: to weigh a hundred thousand of them against a word takes a minute."""
    names = dict.fromkeys(name for verdict in account.verdicts for name in verdict.member.names if name)
    alike = [name for name in names if name[:_LIKENESS].lower() == user[:_LIKENESS].lower()]
    return (alike or list(names))[:_WEIGHED_MAX]


def _as_json(account: Account, notes: tuple[Note, ...]) -> dict[str, Any]:
    return {
        "holds": account.sum_holds,
        "remainder": account.remainder,
        "account": [_row_as_json(row) for row in account.rows],
        "notes": [asdict(note) for note in notes],
    }


def _row_as_json(row: Row) -> dict[str, Any]:
    return {
        "code": row.code or None,
        "near_miss": row.near_miss or None,
        "group": row.group,
        "reason": row.reason,
        "users": row.users,
        "subscriptions": row.subscriptions,
    }


def _user_as_json(verdict: Verdict) -> dict[str, Any]:
    member, cause = verdict.member, verdict.cause
    return {
        "user": member.value,
        "amplitude_id": member.amplitude_id,
        "code": cause.code or None,
        "near_miss": cause.near_miss or None,
        "clue": cause.told or None,
        "group": verdict.outcome.value,
        "subscriptions": verdict.reach.in_segment,
    }


def _print(account: Account, notes: tuple[Note, ...]) -> None:
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    table.add_column("code")
    table.add_column("reason", overflow="fold")
    table.add_column("users", justify="right")
    table.add_column("subscriptions", justify="right")
    for sign, row in _signed(account):
        users, subscriptions = (f"{count:,}" if count else "" for count in (row.users, row.subscriptions))
        table.add_row(sign, row.code, escape(row.reason), users, subscriptions)
    console = Console(highlight=False)
    console.print(table)
    mark = "[green]holds[/green]" if account.sum_holds else "[red]DOES NOT HOLD[/red]"
    console.print(f"{mark}  every user is in one row; {account.remainder:,} subscriptions are not explained")
    for note in notes:
        words = f"{entry(note.code).sentence}: {note.told}" if note.code else note.told
        console.print(escape(f"{note.code or 'note'}  {words}"), soft_wrap=True)


def _signed(account: Account) -> Iterator[tuple[str, Row]]:
    yield "", account.cohort
    yield from (("-", row) for row in account.losses)
    yield "=", account.reachable
    yield from (("+", row) for row in account.gains)
    yield "=", account.segment
