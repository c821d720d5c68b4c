"""Renders the users of one sync run as the CSV of the sync history (facts/integration.md 2.4)."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_amplitude.records import SyncRow


def render_sync_rows(mapped_property: str, rows: Iterable[SyncRow]) -> str:
    """Render one line for each user, the mapped property under its own name."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["amplitude_id", "operation", mapped_property, "skip_detected", "skip_reason"])
    for row in rows:
        detected = "true" if row.skip_detected else "false"
        writer.writerow([row.amplitude_id, row.operation, row.mapped_value or "", detected, row.skip_reason])
    return text.getvalue()
