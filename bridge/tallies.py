"""Counts what became of things, in the transaction in which it became so; a count outlives the row it counted."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from bridge.statements import writing
from bridge.tables import tallies

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection

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


_ADD = writing(tallies, add=("times",))
