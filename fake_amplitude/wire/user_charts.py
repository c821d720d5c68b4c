"""Reads and renders charts of sessions and of users now (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import msgspec
from flask import request

from fake_amplitude.wire.moments import moment, render_day
from fake_amplitude.wire.queries import is_whole

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.chart_questions import Days

UNIT_S = {"seconds": 1, "minutes": 60, "hours": 3_600}
BOUNDS_S = (0, 3, 10, 30, 60, 180, 600, 1_800, 3_600, 86_400)
BINS, BINS_MAX = 10, 1_000


def parse_bounds_s() -> tuple[int, ...]:
    """Read the bounds of the bins of session lengths, in seconds; the vendor's own where they are missing or invalid.

    Without a size there are ten bins: the vendor promises no number.
    """
    said = {name: request.args.get(f"timeHistogramConfigBin{name}", "") for name in ("Min", "Max", "Size")}
    unit_s = UNIT_S.get(request.args.get("timeHistogramConfigBinTimeUnit", ""))
    numbers = {name: int(text) for name, text in said.items() if is_whole(text)}
    if unit_s is None or not numbers.keys() >= {"Min", "Max"}:
        return BOUNDS_S
    first, last = numbers["Min"], numbers["Max"]
    size = numbers.get("Size", max(1, -(-(last - first) // BINS)))
    if not 0 < size <= last - first <= BINS_MAX * size:
        return BOUNDS_S
    return tuple(bound * unit_s for bound in (*range(first, last, size), last))


def render_lengths(bounds_s: Sequence[int], counts: Sequence[int]) -> bytes:
    """Render how many sessions lie in each bin."""
    x_values = [f"{first}s-{until}s" for first, until in pairwise(bounds_s)]
    return msgspec.json.encode({"data": {"series": [counts], "xValues": x_values}})


def render_by_day(days: Days, values: Sequence[float]) -> bytes:
    """Render one value a day."""
    x_values = [render_day(day) for day in days.buckets("1")]
    said = {"series": [values], "seriesMeta": [{"segmentIndex": 0}], "xValues": x_values}
    return msgspec.json.encode({"data": said})


def render_composition(name: str, counts: Sequence[tuple[str, int]]) -> bytes:
    """Render the values of a property and how many users have each."""
    said = {
        "series": [[users for _, users in counts]],
        "seriesLabels": [name],
        "xValues": [value for value, _ in counts],
    }
    return msgspec.json.encode({"data": said})


def render_realtime(today: Sequence[float], yesterday: Sequence[float], begins: Sequence[int]) -> bytes:
    """Render active users of today and yesterday, five minutes by five minutes."""
    said = {
        "series": [today, yesterday],
        "seriesLabels": ["Today", "Yesterday"],
        "xValues": [f"{moment(each):%H:%M}" for each in begins],
    }
    return msgspec.json.encode({"data": said})
