"""Counts how long the vendors took, where every process can read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from bridge.statements import writing
from bridge.tables import latencies

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import timedelta

    from sqlalchemy import Connection

    from bridge.database import Database

BUCKETS_MS = (50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000, 30_000, 60_000)
_ABOVE_ALL_MS = 2_147_483_647


def note(transaction: Connection, route: tuple[str, str], took: timedelta) -> None:
    """Count one round of sending in its bucket."""
    took_ms = round(took.total_seconds() * 1000)
    bucket = next((bucket for bucket in BUCKETS_MS if took_ms <= bucket), _ABOVE_ALL_MS)
    row = {"connection": route[0], "direction": route[1], "up_to_ms": bucket, "times": 1, "total_ms": took_ms}
    _NOTE.run(transaction, row)


def histograms(database: Database) -> Mapping[tuple[str, str], tuple[list[tuple[str, float]], float]]:
    """Answer for each route its cumulated buckets, as Prometheus wants them, and the sum of all seconds."""
    with database.transaction() as transaction:
        rows = transaction.execute(select(latencies)).all()
    told: dict[tuple[str, str], tuple[list[tuple[str, float]], float]] = {}
    for route in sorted({(row.connection, row.direction) for row in rows}):
        of_route = [row for row in rows if row[:2] == route]
        buckets = [
            (str(limit / 1000), float(sum(row.times for row in of_route if row.up_to_ms <= limit)))
            for limit in BUCKETS_MS
        ]
        buckets.append(("+Inf", float(sum(row.times for row in of_route))))
        told[route] = (buckets, sum(row.total_ms for row in of_route) / 1000)
    return told


_NOTE = writing(latencies, add=("times", "total_ms"))
