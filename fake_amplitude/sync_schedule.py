"""When a cohort is synced: at once, then at slots that Amplitude chose (facts/amplitude-api.md 4.1)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING

from fake_amplitude import sync_gates
from fake_amplitude.audiences import Audience
from fake_amplitude.records import CohortSync

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from fake_amplitude.records import Cadence, SyncRun
    from fake_amplitude.state import Pair, State
    from fake_amplitude.world import World

PERIODS: dict[Cadence, timedelta | None] = {
    "one-time": None,
    "minute": timedelta(minutes=1),
    "hourly": timedelta(hours=1),
    "daily": timedelta(days=1),
    "weekly": timedelta(weeks=1),
}


def schedule(world: World, pair: Pair, cadence: Cadence) -> CohortSync:
    """Sync a cohort to a destination from now on; a pair has one schedule, the last one given.

    The slot within the period is drawn, so the first two runs can be closer than one period; then it is periodic.
    Raises ValueError for a cadence that the plan or the cohort does not allow.
    """
    period, now = PERIODS[cadence], world.now()
    with world.state.lock:
        sync_gates.check(world.state.plan, world.state.cohorts[pair[0]], cadence)
        slots_from = now
        if period is not None:
            slots_from += timedelta(seconds=world.random.randint(1, period // timedelta(seconds=1)))
        sync = CohortSync(*pair, cadence, next_slot=now, slots_from=slots_from)
        world.state.syncs[pair] = sync
        world.state.audiences.setdefault(pair, Audience())
    return sync


def due_pairs(state: State, now: datetime) -> list[Pair]:
    """Answer the cohorts whose slot has come and that have no run under way."""
    return [
        pair
        for pair, sync in state.syncs.items()
        if sync.next_slot is not None
        and sync.next_slot <= now
        and state.audiences[pair].run is None
        and _has_slots(state, sync)
    ]


def _has_slots(state: State, sync: CohortSync) -> bool:
    """Answer whether a schedule is kept: not when the cohort is archived, nor when the plan was left behind."""
    return not state.cohorts[sync.cohort_id].archived and sync_gates.allows(state.plan, sync.cadence)


def stop(world: World, pair: Pair) -> None:
    """Sync a cohort to a destination no more; a run under way is dropped, and the partner keeps what it has."""
    with world.state.lock:
        del world.state.syncs[pair]
        world.state.audiences[pair].run = None


def after_slot(sync: CohortSync, now: datetime) -> CohortSync:
    """Answer the schedule once a run has begun: missed slots are not made up."""
    period = PERIODS[sync.cadence]
    if period is None:
        return replace(sync, next_slot=None)
    periods_passed = max(0, (now - sync.slots_from) // period + 1)
    return replace(sync, next_slot=sync.slots_from + periods_passed * period)


def next_due(state: State) -> datetime | None:
    """Answer when there is a call to make or a run to begin; None when nothing is in sight."""
    return min(_moments(state), default=None)


def _moments(state: State) -> Iterator[datetime]:
    for pair, sync in state.syncs.items():
        audience = state.audiences[pair]
        if audience.run is not None:
            yield min(call.not_before for call in audience.run.in_flight())
        elif sync.next_slot is not None and _has_slots(state, sync):
            yield sync.next_slot


def syncs_of(world: World, cohort_id: str) -> list[tuple[CohortSync, str, list[SyncRun]]]:
    """Answer a cohort's schedules, each with its destination's name and its finished runs."""
    with world.state.lock:
        state = world.state
        return [
            (sync, state.destinations[pair[1]].name, _runs(state, pair))
            for pair, sync in state.syncs.items()
            if pair[0] == cohort_id
        ]


def _runs(state: State, pair: Pair) -> list[SyncRun]:
    return [run for run in state.history.get(pair[0], ()) if run.destination_id == pair[1]]
