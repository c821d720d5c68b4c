"""Keeps what the bridge still owes, in the order in which it came, until it is delivered or buried."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING

from bridge import latencies
from bridge.database import as_list
from bridge.letterbox import Letterbox
from bridge.news import ALREADY_RECEIVED, News, store_news
from bridge.outbox_statements import (
    CLAIM,
    CLAIM_BESIDE_OTHERS,
    DOUBT,
    INSERT,
    MARK_BURIED,
    MARK_DELIVERED,
    NEXT_DELAYED,
    OLDEST,
    POSTPONE,
)
from bridge.records import (
    ClaimedDelivery,
    Direction,
    NewDelivery,
    Outcomes,
    Postponed,
    from_microseconds,
    to_microseconds,
)
from bridge.tallies import count
from bridge.waiting import Waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from datetime import datetime, timedelta

    from bridge.database import Database
    from bridge.leases import Leases

__all__ = ["ALREADY_RECEIVED", "Outbox"]


class Outbox:
    """Deliveries of one lane leave in the order in which they came; lanes run side by side.

    A postponed delivery holds back the later ones of its own lane and nobody else. With `leases` several workers may
    deliver, each its own lanes.
    """

    def __init__(
        self,
        database: Database,
        *,
        maximum: int,
        now: Callable[[], datetime],
        leases: Leases | None = None,
    ) -> None:
        self._database = database
        self._now = now
        self._leases = leases
        self._claim = CLAIM if leases is None else CLAIM_BESIDE_OTHERS
        self.waiting = Waiting(database, maximum=maximum, now=now)
        self._letterbox = Letterbox(self._store_news)

    def put(
        self,
        connection: str,
        direction: Direction,
        arrivals: Sequence[NewDelivery],
        *,
        passed_over: Mapping[str, int] | None = None,
    ) -> bool:
        """Store all of them, and count what was passed over for which reason; on disk when this returns.

        Answers False, and counts it, when their source was stored before. Raises OutboxFull.
        """
        created_at = to_microseconds(self._now())
        route = (connection, direction)
        rows = [_as_row(route, arrival, created_at) for arrival in arrivals]
        buried = Counter(arrival.buried_because for arrival in arrivals if arrival.buried_because is not None)
        noted = Counter(note for arrival in arrivals for note in arrival.notes)
        waiting = len(rows) - buried.total()
        self.waiting.require_room(waiting)
        if len(rows) == 1 and rows[0]["source_id"] is not None:
            news = News(rows[0], route, buried, noted)
            stored = self._store_news([news])[0] if self._database.in_transaction() else self._letterbox.put(news)
            self._database.when_committed(partial(self.waiting.add, route, waiting if stored else 0))
            return stored
        assert all(row["source_id"] is None for row in rows), "what has a source comes alone"
        with self._database.transaction() as transaction:
            INSERT.run(transaction, *rows)
            count(transaction, route, "ignored", passed_over or {})
            count(transaction, route, "buried", buried)
            count(transaction, route, "noted", noted)
        self._database.when_committed(partial(self.waiting.add, route, waiting))
        return True

    def _store_news(self, letters: Sequence[News]) -> list[bool]:
        with self._database.transaction() as transaction:
            return store_news(transaction, letters)

    def ignore(self, connection: str, direction: Direction, reason: str) -> None:
        """Count something that arrived and needs no delivery."""
        with self._database.transaction() as transaction:
            count(transaction, (connection, direction), "ignored", {reason: 1})

    def claim(
        self, connection: str, direction: Direction, limit: int, *, in_doubt: bool = False
    ) -> list[ClaimedDelivery]:
        """Answer the oldest deliveries of one route whose lanes are nobody else's and not held back now.

        With `in_doubt` it is written down before they leave that the vendor may have them from now on. They are the
        records as they were before.
        """
        route = (connection, direction)
        now = to_microseconds(self._now())
        with self._database.transaction() as transaction:
            if self._leases is not None:
                self._leases.begin_claim(transaction, route)
            claimed = [ClaimedDelivery(*row) for row in self._claim.all(transaction, self._at(route, now, limit))]
            if self._leases is not None and claimed:
                self._leases.take(transaction, route, {delivery.lane for delivery in claimed})
            fresh = [delivery.id for delivery in claimed if delivery.in_doubt_since is None]
            if in_doubt and fresh:
                DOUBT.run(transaction, {"them": as_list(transaction, fresh), "at": now})
        return claimed

    def settle(
        self,
        route: tuple[str, Direction],
        claimed: Collection[ClaimedDelivery],
        outcomes: Outcomes,
        *,
        took: timedelta,
    ) -> None:
        """Write down what became of a round of sending, in one transaction, and let its lanes go.

        What became of a lane that meanwhile was taken over is left to the worker who has it.
        """
        at = to_microseconds(self._now())
        with self._database.transaction() as transaction:
            if self._leases is not None:
                lanes = self._leases.let_go(transaction, route)
                outcomes = outcomes.only_of({delivery.id for delivery in claimed if delivery.lane in lanes})
            if outcomes.delivered:
                MARK_DELIVERED.run(transaction, {"them": as_list(transaction, outcomes.delivered), "at": at})
            MARK_BURIED.run(transaction, *({"row_id": each, "at": at, "why": why} for each, why in outcomes.buried))
            POSTPONE.run(transaction, *(_as_postponed_row(each, at) for each in outcomes.postponed))
            if outcomes.untouched:
                DOUBT.run(transaction, {"them": as_list(transaction, outcomes.untouched), "at": None})
            count(transaction, route, "delivered", {"": len(outcomes.delivered)})
            count(transaction, route, "buried", Counter(why for _, why in outcomes.buried))
            latencies.note(transaction, route, took)
        self.waiting.add(route, -len(outcomes.delivered) - len(outcomes.buried))

    def oldest(self) -> dict[tuple[str, str], timedelta]:
        """Answer for each route on which something waits how long ago the first of it came."""
        now = self._now()
        with self._database.transaction() as transaction:
            rows = OLDEST.all(transaction, {})
        return {(connection, direction): now - from_microseconds(moment) for connection, direction, moment in rows}

    def next_due(self, connection: str, direction: Direction) -> datetime | None:
        """Answer when something of this route may leave; now at the earliest, None when nothing waits."""
        route = (connection, direction)
        if self.waiting.is_surely_nothing(route):
            return None
        now = self._now()
        at = self._at(route, to_microseconds(now), 1)
        with self._database.transaction() as transaction:
            if self._claim.first(transaction, at) is not None:
                return now
            delayed = NEXT_DELAYED.first(transaction, at)
            over = None if self._leases is None else self._leases.next_over(transaction, route)
        moments = [moment for moment in (*(delayed or ()), over) if moment is not None]
        return from_microseconds(min(moments)) if moments else None

    def _at(self, route: tuple[str, Direction], now: int, limit: int) -> dict[str, object]:
        worker = "" if self._leases is None else self._leases.worker
        return {"connection": route[0], "direction": route[1], "now": now, "limit": limit, "worker": worker}


def _as_row(route: tuple[str, Direction], arrival: NewDelivery, created_at: int) -> dict[str, object]:
    buried = arrival.buried_because is not None
    return {
        "connection": route[0],
        "direction": route[1],
        "lane": arrival.lane.replace("\0", "\N{REPLACEMENT CHARACTER}") if buried else arrival.lane,
        "kind": arrival.kind,
        "source_id": arrival.source_id,
        "payload": arrival.payload,
        "state": "buried" if buried else "waiting",
        "attempts": 0,
        "reason": arrival.buried_because,
        "notes": "; ".join(arrival.notes) or None,
        "created_at": created_at,
        "finished_at": created_at if buried else None,
    }


def _as_postponed_row(postponed: Postponed, at: int) -> dict[str, object]:
    until, doubt = postponed.not_before, postponed.in_doubt_since
    return {
        "row_id": postponed.delivery_id,
        "why": postponed.why,
        "until": None if until is None else to_microseconds(until),
        "at": at,
        "doubt": None if doubt is None else to_microseconds(doubt),
    }
