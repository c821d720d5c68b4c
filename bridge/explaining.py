"""Tells the life of an event or of a user in words: what came, what was decided, and what became of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select, union

from bridge.memberships import Member, members, members_of_user
from bridge.records import from_microseconds
from bridge.tables import cohort_lists, deliveries, remembered

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bridge.database import Database
    from bridge.ledger import Ledger
    from bridge.records import Delivery

_NEAR_MAX = 10
_DIRECTIONS = {"events": "for Amplitude", "cohorts": "for OneSignal", "custom_events": "for OneSignal"}
_STATES = {
    "pending_add": "on the way into",
    "applied": "in",
    "pending_remove": "on the way out of",
    "removed": "no longer in",
    "refused": "not taken into",
}


class Explaining:
    """Looks an id up everywhere in one database."""

    def __init__(self, database: Database, *, ledger: Ledger) -> None:
        self._database = database
        self._ledger = ledger

    def explain(self, event_or_user: str) -> list[str]:
        """Answer one line for each thing that is known of this event id or external id, in the order of time."""
        found = self._ledger.deliveries(user=event_or_user)
        lines = [line for delivery in found for line in _life_of(delivery)]
        lines += [line for delivery in self._ledger.of_source(event_or_user) for line in _life_of(delivery)]
        with self._database.transaction() as transaction:
            memberships = members_of_user(transaction, event_or_user)
            names = {(row.connection, row.cohort_id): row.name for row in transaction.execute(select(cohort_lists))}
            finished = transaction.execute(select(remembered).where(remembered.c.source_id == event_or_user)).all()
        lines += [_membership(member, names) for member in memberships]
        lines += [
            f"{from_microseconds(row.received_at):%Y-%m-%d %H:%M:%S} event {event_or_user} came in on {row.connection} "
            "and was finished; more is no longer kept"
            for row in finished
        ]
        if not lines:
            lines = [f"nothing is known of {event_or_user!r}"]
        return lines + [f"near miss: {other!r} is known, too" for other in self._near(event_or_user)]

    def _near(self, user: str) -> list[str]:
        """Answer ids that differ only in case or in the spaces around them (facts/integration.md A04, A05)."""
        alike = func.lower(user.strip())
        lanes = select(deliveries.c.lane).where(func.lower(func.trim(deliveries.c.lane)) == alike)
        ledger = select(members.c.external_id).where(func.lower(func.trim(members.c.external_id)) == alike)
        with self._database.transaction() as transaction:
            known = {str(row[0]) for row in transaction.execute(union(lanes, ledger).limit(_NEAR_MAX))}
        return sorted(known - {user})


def _life_of(delivery: Delivery) -> Iterator[str]:
    at = f"{delivery.created_at:%Y-%m-%d %H:%M:%S}"
    what = _what(delivery)
    yield f"{at} {what} came in on {delivery.connection}, {_DIRECTIONS[delivery.direction]}"
    for note in (delivery.notes or "").split("; "):
        if note:
            yield f"{at} it was decided: {note}"
    yield _fate_of(delivery)


def _what(delivery: Delivery) -> str:
    if delivery.kind == "name" and delivery.direction == "cohorts":
        return f"the name of cohort {delivery.payload.decode()}"
    if delivery.direction == "cohorts":
        verb = "enter" if delivery.kind == "add" else "leave"
        return f"{delivery.lane} shall {verb} cohort {delivery.payload.decode()}"
    return f"{delivery.kind} of {delivery.lane} (event {delivery.source_id})"


def _fate_of(delivery: Delivery) -> str:
    tries = f"{delivery.attempts} {'try' if delivery.attempts == 1 else 'tries'}"
    if delivery.state == "waiting":
        until = "" if delivery.not_before is None else f" until {delivery.not_before:%Y-%m-%d %H:%M:%S}"
        because = "" if delivery.reason is None else f", because: {delivery.reason}"
        return f"it waits{until} after {tries}{because}"
    at = f"{delivery.finished_at or delivery.created_at:%Y-%m-%d %H:%M:%S}"
    if delivery.state == "delivered":
        return f"{at} it was delivered after {tries}"
    return f"{at} it was buried after {tries}, because: {delivery.reason}"


def _membership(member: Member, names: Mapping[tuple[str, str], str]) -> str:
    name = names.get((member.connection, member.cohort_id), "")
    because = "" if member.reason is None else f", because: {member.reason}"
    place = f"cohort {member.cohort_id} ({name}) of {member.connection}"
    return f"now {member.external_id} is {_STATES[member.state]} {place}{because}"
