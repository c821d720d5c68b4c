"""Stores what has an id of its own, and knows it again when it comes a second time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, select

from bridge.database import INSERTS
from bridge.tables import deliveries, remembered
from bridge.tallies import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from bridge.records import Direction
    from bridge.tallies import Outcome

ALREADY_RECEIVED = "already received"
_Key = tuple[object, object, object]


@dataclass(frozen=True, slots=True)
class News:
    """One row on its way into the outbox, and what is to be counted with it."""

    row: Mapping[str, object]
    route: tuple[str, Direction]
    buried: Counter[str]
    noted: Counter[str]

    @property
    def key(self) -> _Key:
        """By what it is known again."""
        return (*self.route, self.row["source_id"])


def store_news(transaction: Connection, letters: Sequence[News], *, may_be_remembered: bool) -> list[bool]:
    """Insert what was not stored before; answers for each whether it was news. What was not is counted."""
    known = _remembered(transaction, letters) if may_be_remembered else set()
    rows = [letter.row for letter in letters if letter.key not in known]
    inserting = _INSERT_NEWS[transaction.dialect.name]
    fresh = {tuple(row) for row in transaction.execute(inserting, rows)} if rows else set()
    answers: list[bool] = []
    for letter in letters:  # the same event may be here twice: the first one is the news
        answers.append(letter.key in fresh)
        fresh.discard(letter.key)
    _count(transaction, letters, answers)
    return answers


def _remembered(transaction: Connection, letters: Sequence[News]) -> set[_Key]:
    ids = {"ids": [letter.row["source_id"] for letter in letters]}
    return {tuple(row) for row in transaction.execute(_REMEMBERED, ids)}


def _count(transaction: Connection, letters: Sequence[News], answers: Iterable[bool]) -> None:
    tallies: dict[tuple[tuple[str, Direction], Outcome], Counter[str]] = {}
    for letter, is_news in zip(letters, answers, strict=True):
        if not is_news:
            tallies.setdefault((letter.route, "ignored"), Counter())[ALREADY_RECEIVED] += 1
            continue
        if letter.buried:
            tallies.setdefault((letter.route, "buried"), Counter()).update(letter.buried)
        if letter.noted:
            tallies.setdefault((letter.route, "noted"), Counter()).update(letter.noted)
    for (route, outcome), times in sorted(tallies.items()):
        count(transaction, route, outcome, times)


_KEY = (deliveries.c.connection, deliveries.c.direction, deliveries.c.source_id)
_INSERT_NEWS = {
    engine: inserting(deliveries).on_conflict_do_nothing().returning(*_KEY) for engine, inserting in INSERTS.items()
}
_REMEMBERED = select(remembered.c.connection, remembered.c.direction, remembered.c.source_id).where(
    remembered.c.source_id.in_(bindparam("ids", expanding=True))
)
