"""Stores what has an id of its own, and knows it again when it comes a second time."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import bindparam, exists, select

from bridge.database import INSERTS
from bridge.statements import Statement
from bridge.tables import deliveries, remembered
from bridge.tallies import count

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from bridge.records import Direction
    from bridge.tallies import Outcome

ALREADY_RECEIVED = "already received"


@dataclass(frozen=True, slots=True)
class News:
    """One row on its way into the outbox, and what is to be counted with it."""

    row: Mapping[str, object]
    route: tuple[str, Direction]
    buried: Counter[str]
    noted: Counter[str]


def store_news(transaction: Connection, letters: Sequence[News]) -> list[bool]:
    """Insert what was not stored before; answers for each whether it was news. What was not is counted."""
    answers = _STORE.answers(transaction, [letter.row for letter in letters])
    _count(transaction, letters, answers)
    return answers


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


NEW_ROW = (
    "connection",
    "direction",
    "lane",
    "kind",
    "source_id",
    "payload",
    "state",
    "attempts",
    "reason",
    "notes",
    "created_at",
    "finished_at",
)
_sent = {name: bindparam(name, type_=deliveries.c[name].type) for name in NEW_ROW}
_is_remembered = exists().where(
    *(remembered.c[name] == _sent[name] for name in ("connection", "direction", "source_id"))
)
_unknown = select(*_sent.values()).where(~_is_remembered)
_STORE = Statement(
    lambda engine: (
        INSERTS[engine](deliveries).from_select(NEW_ROW, _unknown).on_conflict_do_nothing().returning(deliveries.c.id)
    )
)
