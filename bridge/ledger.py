"""Answers what has become of everything: counts by reason, single deliveries, and one digest over it all."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any, get_args

import msgspec
from sqlalchemy import ColumnElement, Row, func, select

from bridge.memberships import members
from bridge.records import (
    ConnectionStatus,
    Delivery,
    Direction,
    RouteStatus,
    State,
    Status,
    from_microseconds,
)
from bridge.tables import cohort_lists, deliveries, is_waiting, tallies

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bridge.database import Database

_PAGE_ROWS = 5_000
_row = deliveries.c
_WAITING = (
    select(_row.connection, _row.direction, func.count()).where(is_waiting).group_by(_row.connection, _row.direction)
)
_MEMBERS = select(*members.primary_key, members.c.state, members.c.reason).order_by(*members.primary_key)


class Ledger:
    """A reader of the outbox; it changes nothing."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def status(self, connections: tuple[str, ...], held: Mapping[tuple[str, Direction], str]) -> Status:
        """Answer the account of these connections; the cost grows with what is waiting, not with what is finished."""
        with self._database.transaction() as transaction:
            counted = transaction.execute(select(tallies)).all()
            waiting = {(row[0], row[1]): row[2] for row in transaction.execute(_WAITING)}

        def account(connection: str, direction: Direction) -> RouteStatus:
            route = (connection, direction)
            times: dict[str, dict[str, int]] = {"ignored": {}, "noted": {}, "delivered": {}, "buried": {}}
            for row in counted:
                if row[:2] == route and row.times:
                    times[row.outcome][row.reason] = row.times
            finished = sum(sum(times[outcome].values()) for outcome in ("ignored", "delivered", "buried"))
            return RouteStatus(
                received=finished + waiting.get(route, 0),
                ignored=dict(sorted(times["ignored"].items())),
                waiting=waiting.get(route, 0),
                delivered=sum(times["delivered"].values()),
                buried=dict(sorted(times["buried"].items())),
                noted=dict(sorted(times["noted"].items())),
                held_because=held.get(route),
            )

        return Status(
            tuple(
                ConnectionStatus(name, *(account(name, direction) for direction in get_args(Direction)))
                for name in connections
            )
        )

    def deliveries(self, *, state: State | None = None, user: str | None = None) -> Iterator[Delivery]:
        """Read the deliveries in the order of their arrival, a page at a time."""
        conditions: list[ColumnElement[bool]] = []
        if state is not None:
            conditions.append(_row.state == state)
        if user is not None:
            conditions.append(_row.lane == user)
        for page in self._pages(conditions):
            yield from (_as_delivery(row._asdict()) for row in page)

    def of_source(self, source_id: str) -> Iterator[Delivery]:
        """Read the deliveries of one event id, of whatever connection."""
        for page in self._pages([_row.source_id == source_id]):
            yield from (_as_delivery(row._asdict()) for row in page)

    def fingerprint(self) -> str:
        """Answer a SHA-256 over all that is stored, in a fixed order."""
        digest = sha256()
        for page in self._pages([]):
            digest.update(_ENCODER.encode([tuple(row) for row in page]))
        with self._database.transaction() as transaction:
            for table in (tallies, cohort_lists):
                rows = transaction.execute(select(table).order_by(*table.primary_key.columns)).all()
                digest.update(_ENCODER.encode([tuple(row) for row in rows]))
            for row in transaction.execute(_MEMBERS):
                digest.update(_ENCODER.encode(tuple(row)))
        return digest.hexdigest()

    def _pages(self, conditions: Sequence[ColumnElement[bool]]) -> Iterator[Sequence[Row[Any]]]:
        last_id = 0
        while True:
            page = select(deliveries).where(_row.id > last_id, *conditions).order_by(_row.id).limit(_PAGE_ROWS)
            with self._database.transaction() as transaction:
                rows = transaction.execute(page).all()
            if not rows:
                return
            yield rows
            last_id = rows[-1].id


_ENCODER = msgspec.json.Encoder()


def _as_delivery(row: dict[str, object]) -> Delivery:
    for column in ("not_before", "first_tried_at", "in_doubt_since", "created_at", "finished_at"):
        microseconds = row[column]
        row[column] = from_microseconds(microseconds) if isinstance(microseconds, int) else None
    return Delivery(**row)  # type: ignore[arg-type]  # the columns are the fields
