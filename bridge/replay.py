"""Sends buried deliveries again that an operator knows may succeed now; what succeeded is never sent again."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from sqlalchemy import and_, bindparam, exists, null, select, update

from bridge.onesignal_events import REMEMBERS_FOR as ONESIGNAL_REMEMBERS_FOR
from bridge.retry import AMPLITUDE_REMEMBERS_FOR
from bridge.tables import deliveries
from bridge.tallies import count

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from datetime import datetime

    from bridge.database import Database
    from bridge.ledger import Ledger
    from bridge.outbox import Outbox
    from bridge.records import Delivery, Direction

NEVER_FIT = "it was never fit to be sent"
SUPERSEDED = "a later change of this user supersedes it"
WINDOW_PASSED = "the vendor may have it, and would no longer know it again"

# within this time a vendor knows a repeated delivery again; a cohort's change does no harm at any time
_WINDOWS = MappingProxyType({"events": AMPLITUDE_REMEMBERS_FOR, "custom_events": ONESIGNAL_REMEMBERS_FOR})


@dataclass(frozen=True, slots=True)
class ReplayScope:
    """Which buried deliveries are meant; None means any. `reason` is a part of what was said against them.

    `since` and `until` are when they were buried. `after_window` takes also those that a vendor may count twice.
    """

    connection: str | None = None
    direction: Direction | None = None
    kind: str | None = None
    user: str | None = None
    reason: str | None = None
    since: datetime | None = None
    until: datetime | None = None
    after_window: bool = False

    def means(self, delivery: Delivery) -> bool:
        """Say whether a buried delivery is meant."""
        buried_at = delivery.finished_at or delivery.created_at
        return (
            self.connection in (None, delivery.connection)
            and self.direction in (None, delivery.direction)
            and self.kind in (None, delivery.kind)
            and (self.reason or "") in (delivery.reason or "")
            and (self.since is None or self.since <= buried_at)
            and (self.until is None or buried_at < self.until)
        )


@dataclass(frozen=True, slots=True)
class ReplayPlan:
    """What a replay does: how many are sent again, by what was said against them, and how many are not, and why."""

    again: Mapping[str, int]
    left: Mapping[str, int]
    ids: tuple[int, ...] = field(repr=False)


class Replay:
    """The way back from the grave, for one outbox."""

    def __init__(self, database: Database, *, ledger: Ledger, outbox: Outbox, now: Callable[[], datetime]) -> None:
        self._database = database
        self._ledger = ledger
        self._outbox = outbox
        self._now = now

    def plan(self, scope: ReplayScope) -> ReplayPlan:
        """Say what a replay would do; changes nothing."""
        again: Counter[str] = Counter()
        left: Counter[str] = Counter()
        ids: list[int] = []
        for delivery in self._meant(scope):
            against = self._objection(delivery, scope)
            if against is None:
                again[delivery.reason or ""] += 1
                ids.append(delivery.id)
            else:
                left[against] += 1
        return ReplayPlan(dict(sorted(again.items())), dict(sorted(left.items())), tuple(ids))

    def run(self, scope: ReplayScope) -> ReplayPlan:
        """Put what is meant back into the outbox, each at its old place in its lane; raises OutboxFull."""
        plan = self.plan(scope)
        self._outbox.waiting.require_room(len(plan.ids))
        revived: Counter[tuple[str, str]] = Counter()
        with self._database.transaction() as transaction:
            for delivery_id in plan.ids:
                row = transaction.execute(_BURIED, {"row_id": delivery_id}).one_or_none()
                if row is None:
                    continue
                transaction.execute(_REVIVE_AFRESH if scope.after_window else _REVIVE, {"row_id": delivery_id})
                count(transaction, (row.connection, row.direction), "buried", {row.reason: -1})
                revived[row.connection, row.direction] += 1
        for route, times in revived.items():
            self._outbox.waiting.add(route, times)
        return plan

    def _meant(self, scope: ReplayScope) -> Iterator[Delivery]:
        return filter(scope.means, self._ledger.deliveries(state="buried", user=scope.user))

    def _objection(self, delivery: Delivery, scope: ReplayScope) -> str | None:
        if delivery.attempts == 0:
            return NEVER_FIT
        if delivery.direction == "cohorts" and self._is_superseded(delivery):
            return SUPERSEDED
        window = _WINDOWS.get(delivery.direction)
        doubt = delivery.in_doubt_since
        if window is not None and doubt is not None and self._now() - doubt >= window and not scope.after_window:
            return WINDOW_PASSED
        return None

    def _is_superseded(self, delivery: Delivery) -> bool:
        later = {"row_id": delivery.id, "connection": delivery.connection, "lane": delivery.lane}
        with self._database.transaction() as transaction:
            return bool(transaction.scalar(_LATER, {**later, "payload": delivery.payload}))


_row = deliveries.c
_BURIED = select(_row.connection, _row.direction, _row.reason).where(
    _row.id == bindparam("row_id"), _row.state == "buried"
)
_REVIVE = (
    update(deliveries)
    .where(_row.id == bindparam("row_id"))
    .values(state="waiting", attempts=0, finished_at=null(), not_before=null(), first_tried_at=null())
)
_REVIVE_AFRESH = _REVIVE.values(in_doubt_since=null())
_LATER = select(
    exists().where(
        and_(
            _row.id > bindparam("row_id"),
            _row.connection == bindparam("connection"),
            _row.direction == "cohorts",
            _row.lane == bindparam("lane"),
            _row.payload == bindparam("payload"),
        )
    )
)
