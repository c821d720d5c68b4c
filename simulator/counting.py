"""Counts a cohort and its segment: reads both services over HTTP, and accounts for the difference."""

from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from bridge.records import RouteStatus
from fake_amplitude.records import SyncRun
from simulator.accounts.notes import Examined, notes
from simulator.accounts.records import Channel, History, Told
from simulator.accounts.subscribers import Subscribers
from simulator.accounts.symptoms import look, symptoms
from simulator.accounts.telling import checks, ending, everybody, explain, lines
from simulator.reconcile import Account, reconcile
from simulator.simulation import Simulation

__all__ = ["Clues", "Examined", "checks", "count", "ending", "everybody", "examine", "explain", "lines"]

_REFUSED: Final = ("401", "403")


class Clues(NamedTuple):
    """Where else to look for clues: further user properties, custom aliases, and an earlier export of OneSignal."""

    properties: Sequence[str] = ()
    labels: Sequence[str] = ()
    before: Sequence[Channel] = ()


def count(
    simulation: Simulation, cohort_id: str, segment_id: str | None, *, mapped_property: str = "user_id"
) -> Account:
    """Account for the way from a cohort to its segment; without a segment the way ends at zero."""
    return _account(simulation, cohort_id, segment_id, mapped_property=mapped_property, clues=Clues())


def examine(
    simulation: Simulation,
    cohort_id: str,
    segment_id: str | None,
    *,
    mapped_property: str = "user_id",
    clues: Clues | None = None,
) -> Examined:
    """Account for a cohort and its segment, and look for every reason that the catalogue knows."""
    listed = simulation.amplitude_reader().listed(cohort_id)
    account = _account(simulation, cohort_id, segment_id, mapped_property=mapped_property, clues=clues or Clues())
    subscribers = Subscribers(simulation.onesignal_reader().channels())
    return Examined(account, notes(account, subscribers) + symptoms(look(simulation, listed, account)))


def _account(
    simulation: Simulation, cohort_id: str, segment_id: str | None, *, mapped_property: str, clues: Clues
) -> Account:
    amplitude, onesignal = simulation.amplitude_reader(), simulation.onesignal_reader()
    name, _ = amplitude.cohort(cohort_id)
    return reconcile(
        name=name,
        members=amplitude.members(cohort_id, mapped_property, clues.properties),
        subscribers=Subscribers(
            onesignal.channels(),
            onesignal.channels(onesignal.segment_name(segment_id)) if segment_id else (),
            ask=onesignal.subscription_count,
            alias_of=lambda value: onesignal.label_of(value, clues.labels),
            before=clues.before,
        ),
        segment_count=onesignal.segment_count(segment_id) if segment_id else 0,
        history=_history(simulation, cohort_id, has_segment=segment_id is not None),
    )


def _history(simulation: Simulation, cohort_id: str, *, has_segment: bool) -> History:
    """Sum up the runs of a cohort's syncs, oldest first, and what the bridge says of their changes."""
    runs = simulation.sync_history(cohort_id)
    if not runs:
        return History(has_segment=has_segment)
    return History(
        told={
            str(row.amplitude_id): Told(row.operation, row.mapped_value or "", row.skip_reason)
            for run in runs
            for row in run.rows
        },
        former_values=frozenset(_former_values(runs)),
        undelivered=runs[-1].undelivered,
        is_one_time=runs[-1].cadence == "one-time",
        is_refused=_is_refused(simulation.bridge.status().connections[0].cohorts),
        has_segment=has_segment,
    )


def _is_refused(updates: RouteStatus) -> bool:
    return updates.held_because is not None or any(reason.startswith(_REFUSED) for reason in updates.buried)


def _former_values(runs: Sequence[SyncRun]) -> Iterator[str]:
    now = runs[-1].mapped_property
    former = (row.mapped_value for run in runs if run.mapped_property != now for row in run.rows)
    return (value for value in former if value)
