"""Pulls cohorts at their cadence: asks for the file, waits for it, and hands on how it differs from the ledger.

The ledger is the base of the difference, user by user: a user moves only when OneSignal has acknowledged him, so that
whatever a failed run did not achieve is part of the next one.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

from bridge.amplitude_cohorts import AmplitudeCohorts, InProgress, Ready, Requested
from bridge.answers import Later, NotYet, Refused
from bridge.cohort_changes import UNRESOLVED, Batch, CohortChanges
from bridge.errors import NoSecretKey, OutboxFull, PullFailed, UnknownPull
from bridge.pull_schedule import PullSchedule, PullState
from bridge.pulled_members import PulledMembers
from bridge.records import to_microseconds
from bridge.retry import wait_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from bridge.database import Database
    from bridge.settings import Connection

CADENCES = MappingProxyType(
    {
        "minute": timedelta(minutes=1),
        "hourly": timedelta(hours=1),
        "daily": timedelta(days=1),
        "weekly": timedelta(weeks=1),
    }
)
POLL_WAIT = timedelta(seconds=15)
_LOOKS_MAX = 100

_Step = Requested | Ready | InProgress | Later | NotYet | Refused


@dataclass(frozen=True, slots=True)
class CohortPlan:
    """What a sync would do: how many users it adds and removes, and how many it skips for which reason."""

    added: int
    removed: int
    skipped: Mapping[str, int]


class CohortPulls:
    """The pulled cohorts of one connection."""

    def __init__(
        self,
        connection: Connection,
        *,
        database: Database,
        changes: CohortChanges,
        amplitude: AmplitudeCohorts,
        now: Callable[[], datetime],
    ) -> None:
        self._connection = connection
        self._pulls = {pull.cohort_id: pull for pull in connection.pulls}
        self._database = database
        self._changes = changes
        self._amplitude = amplitude
        self._now = now
        self._schedule = PullSchedule(
            database,
            connection=connection.name,
            scheduled=[pull.cohort_id for pull in connection.pulls if pull.cadence is not None],
            on_demand=[pull.cohort_id for pull in connection.pulls if pull.cadence is None],
            now=now,
        )

    def run_due(self) -> int:
        """Take every step that is due now; answers how many were taken."""
        held = self._schedule.hold_due() if self._pulls else []
        for state in held:
            self._schedule.write(self._after(state, self._step(state)))
        return len(held)

    def next_due(self) -> datetime | None:
        """Answer when there is a step to take again; None when no cohort has a cadence."""
        return self._schedule.next_due()

    def states(self) -> list[PullState]:
        """Answer how the pulled cohorts are doing, in the order of their ids."""
        return self._schedule.states()

    def ask(self, cohort_id: str) -> None:
        """Let a cohort be pulled now, whatever its cadence; raises UnknownPull."""
        for state in self._schedule.states():
            if state.cohort_id == cohort_id:
                self._schedule.write(replace(state, due_at=self._now(), failures=0, said=None))
                return
        raise UnknownPull(cohort_id, tuple(self._pulls))

    def foresee(self, cohort_id: str, *, wait: Callable[[timedelta], object]) -> CohortPlan:
        """Fetch a cohort's file and say what a sync of it would do, without doing it.

        Any cohort of the project will do, also one that Amplitude pushes or nobody has synced yet. `wait` lets time
        pass between two looks. Raises NoSecretKey, and PullFailed when there is no file.
        """
        if not self._connection.amplitude.secret_key:
            raise NoSecretKey(self._connection.name)
        name = self._connection.mapped_property
        requested = _patiently(wait, lambda: self._amplitude.request(cohort_id, name))
        assert isinstance(requested, Requested)  # the one good answer to a request
        _patiently(wait, lambda: self._amplitude.look(requested.request_id))
        file = self._file(f"foreseen {requested.request_id}")
        try:
            _patiently(wait, lambda: self._amplitude.fetch(requested.request_id, name, file.store))
            return self._plan(cohort_id, file)
        finally:
            file.drop()

    def _step(self, state: PullState) -> _Step:
        """Take the next step of one pull."""
        name = self._connection.mapped_property
        if state.request_id is None:
            return self._amplitude.request(state.cohort_id, name)
        look = self._amplitude.look(state.request_id)
        if not isinstance(look, Ready):
            return look
        file = self._file(state.request_id)
        try:
            fetched = self._amplitude.fetch(state.request_id, name, file.store)
            if isinstance(fetched, Ready):
                self._bring_in(state, file)
        except OutboxFull as error:
            return Later(str(error))
        finally:
            file.drop()
        return fetched

    def _after(self, state: PullState, step: _Step) -> PullState:
        """Say how a pull is doing after a step: what comes next, and when."""
        now = self._now()
        if isinstance(step, Requested):
            return replace(state, request_id=step.request_id, began_at=now, due_at=now + POLL_WAIT, said=None)
        if isinstance(step, InProgress):
            return replace(state, due_at=now + POLL_WAIT, failures=0)
        if isinstance(step, NotYet):
            return replace(state, due_at=now + step.after)
        if isinstance(step, Later):
            failures = state.failures + 1
            return replace(state, due_at=now + wait_after(failures, step.after), failures=failures, said=step.why)
        said = step.why if isinstance(step, Refused) else None
        cadence = self._pulls[state.cohort_id].cadence
        due_at = None if cadence is None else _next(state, CADENCES[cadence], now)
        return PullState(state.cohort_id, due_at, began_at=state.began_at, request_id=None, failures=0, said=said)

    def _bring_in(self, state: PullState, file: PulledMembers) -> None:
        """Hand on what has changed since the last time, as one run of the sync's history."""
        self._changes.open_cohort(state.cohort_id, self._pulls[state.cohort_id].name)
        run = self._changes.runs.enter(state.cohort_id, "pull", str(state.request_id))
        computed_at = to_microseconds(state.began_at or self._now())
        for batch in _difference(state.cohort_id, file, computed_at):
            self._changes.take(batch, run=run)

    def _plan(self, cohort_id: str, file: PulledMembers) -> CohortPlan:
        """Decide about everybody in the file, and write nothing down."""
        told: Counter[str] = Counter()
        skipped: Counter[str] = Counter()
        for batch in _difference(cohort_id, file, to_microseconds(self._now())):
            decided = self._changes.decide(batch)
            told[batch.operation] += len(decided.changes)
            skipped += decided.skipped_altogether + batch.left_out
        return CohortPlan(told["add"], told["remove"], dict(sorted(skipped.items())))

    def _file(self, request_id: str) -> PulledMembers:
        return PulledMembers(self._database, connection=self._connection.name, request_id=request_id)


def _difference(cohort_id: str, file: PulledMembers, computed_at: int) -> Iterator[Batch]:
    """Give a file as batches: everybody in it enters, and whoever is in the ledger but not in it leaves."""
    yield Batch(cohort_id, "add", (), +Counter({UNRESOLVED: file.unresolved}), computed_at)
    for page in file.entrants():
        yield Batch.of(cohort_id, "add", page, computed_at=computed_at)
    for page in file.leavers(cohort_id):
        yield Batch.of(cohort_id, "remove", page, computed_at=computed_at)


def _next(state: PullState, cadence: timedelta, now: datetime) -> datetime:
    """Answer when a cadence comes round again, counted from when the pull began; not in the past."""
    return max((state.began_at or now) + cadence, now)


def _patiently(wait: Callable[[timedelta], object], step: Callable[[], _Step]) -> Requested | Ready:
    """Repeat a step until it succeeds; raises PullFailed with the last thing that was said against it."""
    said = "the file is still not written"
    for _ in range(_LOOKS_MAX):
        answer = step()
        if isinstance(answer, Requested | Ready):
            return answer
        if isinstance(answer, Refused):
            raise PullFailed(answer.why)
        if isinstance(answer, Later):
            said = answer.why
        wait(POLL_WAIT if isinstance(answer, InProgress) else answer.after or POLL_WAIT)
    raise PullFailed(said)
