"""Counts what became of things, in the transaction in which it became so; a count outlives the row it counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bridge.database import INSERTS
from bridge.statements import Statement
from bridge.tables import tallies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection, Insert

Outcome = Literal["ignored", "noted", "delivered", "buried"]


def count(
    transaction: Connection, route: tuple[str, str], outcome: Outcome, times_by_reason: Mapping[str, int]
) -> None:
    """Add to the counts of one route; what was delivered has an empty reason.

    In a fixed order, so that two workers never wait for each other.
    """
    rows = [
        {"connection": route[0], "direction": route[1], "outcome": outcome, "reason": reason, "times": times}
        for reason, times in sorted(times_by_reason.items())
        if times
    ]
    _ADD.run(transaction, *rows)


def _adding(engine: str) -> Insert:
    inserting = INSERTS[engine](tallies)
    return inserting.on_conflict_do_update(
        index_elements=list(tallies.primary_key), set_={"times": tallies.c.times + inserting.excluded.times}
    )


_ADD = Statement(_adding, columns=tallies.c.keys())
