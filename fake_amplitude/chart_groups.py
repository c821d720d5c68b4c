"""Splits what a chart counts by the values of properties (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_amplitude.property_filters import told

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fake_amplitude.chart_questions import GroupBy, Row
    from fake_amplitude.warehouse import Warehouse

EVERYTHING = ""  # the group of a question that asks for none
GROUPS = 100


def grouped(
    warehouse: Warehouse, rows: Iterable[Row], splits: Sequence[GroupBy], groups_max: int = GROUPS
) -> list[tuple[str, list[Row]]]:
    """Answer the rows by what their events say, the largest groups first; without splits one group of all."""
    if not splits:
        return [(EVERYTHING, list(rows))]
    groups: dict[str, list[Row]] = {}
    for row in rows:
        event = warehouse.events[row[2]]
        groups.setdefault("; ".join(told(event, by.of, by.name) for by in splits), []).append(row)
    return sorted(groups.items(), key=lambda group: (-len(group[1]), group[0]))[:groups_max]
