"""Counts a cohort and its segment: reads both services over HTTP, and accounts for the difference."""

from collections.abc import Iterable, Sequence

from fake_amplitude.records import SyncRun
from simulator.accounts.records import Channel, History, Told
from simulator.accounts.subscribers import Subscribers
from simulator.accounts.telling import checks, everybody, explain, lines
from simulator.reconcile import Account, reconcile
from simulator.simulation import Simulation

__all__ = ["checks", "count", "everybody", "explain", "history_of", "lines"]


def count(
    simulation: Simulation,
    cohort_id: str,
    segment_id: str | None,
    *,
    mapped_property: str = "user_id",
    also: Sequence[str] = (),
    labels: Sequence[str] = (),
    before: Iterable[Channel] = (),
) -> Account:
    """Account for the way from a cohort to its segment; without a segment the way ends at zero.

    `also` are further user properties and `labels` custom aliases to look for clues in; `before` is an earlier export
    of OneSignal.
    """
    amplitude, onesignal = simulation.amplitude_reader(), simulation.onesignal_reader()
    name, _ = amplitude.cohort(cohort_id)
    subscribers = Subscribers(
        onesignal.channels(),
        onesignal.channels(onesignal.segment_name(segment_id)) if segment_id else (),
        ask=onesignal.subscription_count,
        alias_of=lambda value: onesignal.label_of(value, labels),
        before=before,
    )
    return reconcile(
        name=name,
        members=amplitude.members(cohort_id, mapped_property, also),
        subscribers=subscribers,
        segment_count=onesignal.segment_count(segment_id) if segment_id else 0,
        history=history_of(simulation.sync_history(cohort_id)),
    )


def history_of(runs: Sequence[SyncRun]) -> History:
    """Sum up the runs of a cohort's syncs, oldest first."""
    if not runs:
        return History()
    told = {
        str(row.amplitude_id): Told(row.operation, row.mapped_value or "", row.skip_reason)
        for run in runs
        for row in run.rows
    }
    now = runs[-1].mapped_property
    former = (row.mapped_value for run in runs if run.mapped_property != now for row in run.rows)
    return History(
        told=told,
        former_values=frozenset(value for value in former if value),
        undelivered=runs[-1].undelivered,
        is_one_time=runs[-1].cadence == "one-time",
    )
