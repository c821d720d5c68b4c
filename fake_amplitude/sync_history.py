"""What is told of finished syncs: 14 days of runs, a CSV of one run's users, and mails (facts/amplitude-api.md 4.1)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from fake_amplitude.wire.sync_files import render_sync_rows

if TYPE_CHECKING:
    from datetime import datetime

    from fake_amplitude.records import SyncRun
    from fake_amplitude.world import World

HISTORY_KEPT = timedelta(days=14)


@dataclass(frozen=True, slots=True)
class Mail:
    """What Amplitude writes to a cohort's owner when a sync is over."""

    to: str
    sent: datetime
    subject: str
    text: str


def history(world: World, cohort_id: str) -> tuple[SyncRun, ...]:
    """Answer the finished runs of a cohort in the last 14 days, oldest first."""
    with world.state.lock:
        kept_from = world.now() - HISTORY_KEPT
        return tuple(run for run in world.state.history.get(cohort_id, ()) if run.finished >= kept_from)


def csv(run: SyncRun) -> str:
    """Answer a run's users as CSV; raises ValueError for a real-time sync, of which there is none."""
    if run.cadence == "minute":
        raise ValueError("a real-time sync has no CSV")
    return render_sync_rows(run.mapped_property, run.rows)


def mails(world: World, cohort_id: str) -> tuple[Mail, ...]:
    """Answer the mails about a cohort's syncs of the last 14 days, oldest first."""
    with world.state.lock:
        cohort = world.state.cohorts[cohort_id]
        return tuple(_mail(cohort.owner, cohort.name, run) for run in history(world, cohort_id))


def _mail(owner: str, name: str, run: SyncRun) -> Mail:
    said = "succeeded" if run.status == "Successful" else "failed"
    text = f"{run.added} added, {run.removed} removed, {run.skipped} skipped."
    return Mail(owner, run.finished, f"Your cohort sync {said}: {name}", f"{text} {run.problem}".rstrip())
