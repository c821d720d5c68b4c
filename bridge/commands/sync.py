"""`bridge sync`: pull a cohort now, or say beforehand what that would do; `bridge syncs` shows what syncs did."""

from __future__ import annotations

from threading import Event
from typing import TYPE_CHECKING

import click

from bridge.commands.printing import in_words, json_option, opened, show
from bridge.commands.settings_file import settings_option

if TYPE_CHECKING:
    from datetime import timedelta

    from bridge.cohort_runs import CohortRun
    from bridge.settings import Settings


@click.command()
@settings_option
@click.argument("cohort")
@click.option("--connection", help="Whose cohort it is; needed when several may be meant.")
@click.option("--dry-run", is_flag=True, help="Fetch the cohort and say what would change; change nothing.")
@json_option
def sync(settings: Settings, cohort: str, connection: str | None, *, dry_run: bool, as_json: bool) -> None:
    """Have COHORT pulled at once by the running bridge; a dry run also foresees a cohort that Amplitude pushes."""
    with opened(settings) as bridge:
        whose = connection or bridge.desk.whose(cohort)
        if not dry_run:
            bridge.desk.ask_for_sync(whose, cohort)
            show({"asked_for": cohort}, [f"the cohort {cohort} of {whose} is pulled now"], as_json=as_json)
            return
        plan = bridge.desk.foresee(whose, cohort, wait=_wait)
    lines = [f"adds {plan.added}, removes {plan.removed}", f"skips: {in_words(plan.skipped.items())}"]
    show(plan, lines, as_json=as_json)


@click.command()
@settings_option
@click.argument("cohort", required=False)
@json_option
def syncs(settings: Settings, cohort: str | None, *, as_json: bool) -> None:
    """Show every run of the syncs of COHORT, or of all cohorts."""
    with opened(settings) as bridge:
        history = bridge.desk.sync_history(cohort)
    show(history, (_line(run) for run in history), as_json=as_json)


def _line(run: CohortRun) -> str:
    refused = f"; refused: {in_words(run.refused.items())}" if run.refused else ""
    return (
        f"{run.started_at:%Y-%m-%d %H:%M:%S} {run.connection} {run.cohort_id} by {run.source}: {run.added} added, "
        f"{run.removed} removed, {run.pending} still on their way; skipped: {in_words(run.skipped.items())}{refused}"
    )


def _wait(length: timedelta) -> None:
    Event().wait(length.total_seconds())
