"""What an operator may ask and do: explain, replay, look into syncs, foresee them, and ask for one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge.errors import OperatorError
from bridge.explaining import Explaining
from bridge.replay import Replay, ReplayPlan, ReplayScope

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime, timedelta

    from bridge.cohort_pull import CohortPlan
    from bridge.cohort_runs import CohortRun
    from bridge.database import Database
    from bridge.doors import ConnectionDoors
    from bridge.ledger import Ledger
    from bridge.outbox import Outbox
    from bridge.pull_schedule import PullState


class Desk:
    """The operator's side of a bridge; nothing here calls a vendor but `foresee`."""

    def __init__(
        self,
        connections: Mapping[str, ConnectionDoors],
        *,
        database: Database,
        ledger: Ledger,
        outbox: Outbox,
        now: Callable[[], datetime],
    ) -> None:
        self._connections = connections
        self._explaining = Explaining(database, ledger=ledger)
        self._replay = Replay(database, ledger=ledger, outbox=outbox, now=now)

    def explain(self, event_or_user: str) -> list[str]:
        """Tell the life of an event or of a user, a line for each thing that happened."""
        return self._explaining.explain(event_or_user)

    def plan_replay(self, scope: ReplayScope) -> ReplayPlan:
        """Say what a replay would do; changes nothing."""
        return self._replay.plan(scope)

    def replay(self, scope: ReplayScope) -> ReplayPlan:
        """Put buried deliveries back into the outbox; raises OutboxFull."""
        return self._replay.run(scope)

    def sync_history(self, cohort_id: str | None = None) -> list[CohortRun]:
        """List the runs of cohorts' syncs, oldest first within a connection."""
        runs = (doors.cohort_changes.runs.history(cohort_id) for doors in self._connections.values())
        return [run for of_connection in runs for run in of_connection]

    def members(self, connection: str, cohort_id: str) -> dict[str, int]:
        """Count a cohort's members by their state in the ledger."""
        return self._of(connection).cohort_changes.memberships.counts(cohort_id)

    def pulls(self) -> dict[str, list[PullState]]:
        """Answer how the pulled cohorts of every connection are doing."""
        return {name: doors.cohort_pulls.states() for name, doors in self._connections.items()}

    def whose(self, cohort_id: str) -> str:
        """Answer the one connection that pulls a cohort or has had it pushed, or else the only one there is.

        Raises OperatorError when that does not say which.
        """
        names = [name for name, doors in self._connections.items() if _has(doors, cohort_id)] or [*self._connections]
        if len(names) != 1:
            raise OperatorError(f"say --connection: the cohort {cohort_id!r} may be of {', '.join(names)}")
        return names[0]

    def foresee(self, connection: str, cohort_id: str, *, wait: Callable[[timedelta], object]) -> CohortPlan:
        """Say what a sync would do; raises OperatorError. `wait` lets time pass while Amplitude writes the file."""
        return self._of(connection).cohort_pulls.foresee(cohort_id, wait=wait)

    def ask_for_sync(self, connection: str, cohort_id: str) -> None:
        """Let a cohort be pulled now; raises OperatorError."""
        self._of(connection).cohort_pulls.ask(cohort_id)

    def _of(self, connection: str) -> ConnectionDoors:
        doors = self._connections.get(connection)
        if doors is None:
            raise OperatorError(f"there is no connection {connection!r}, only {', '.join(self._connections)}")
        return doors


def _has(doors: ConnectionDoors, cohort_id: str) -> bool:
    pulled = {state.cohort_id for state in doors.cohort_pulls.states()}
    return cohort_id in pulled or doors.cohort_changes.knows(cohort_id)
