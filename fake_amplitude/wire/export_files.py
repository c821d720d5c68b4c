"""Renders an export: a zip of one gzip file of JSON lines per upload hour (facts/amplitude-api.md 1.12)."""

from __future__ import annotations

import gzip
import io
import zipfile
from itertools import groupby
from typing import TYPE_CHECKING

from fake_amplitude.wire.moments import HOUR_MS, moment
from fake_amplitude.wire.rows import render_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fake_amplitude.records import Event, Project


def render_export(project: Project, events: Iterable[Event], first_ms_of: Callable[[int], int]) -> bytes:
    """Render the zip; the same events make the same bytes."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        for hour, of_hour in groupby(events, key=lambda event: event.upload_ms // HOUR_MS):
            at = moment(hour * HOUR_MS)
            name = f"{project.id}/{project.id}_{at:%Y-%m-%d}_{at.hour}#0.json.gz"
            entry = zipfile.ZipInfo(name, date_time=at.timetuple()[:6])
            lines = render_lines(project, of_hour, first_ms_of)
            archive.writestr(entry, gzip.compress(lines, compresslevel=6, mtime=0))
    return packed.getvalue()
