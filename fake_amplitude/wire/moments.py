"""Renders and reads the vendor's ways of writing a moment; all are UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_EPOCH_ANYWHERE = EPOCH.replace(tzinfo=None)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def moment(time_ms: int) -> datetime:
    """Answer the moment of a time in milliseconds."""
    return EPOCH + timedelta(milliseconds=time_ms)


def render_moment(time_ms: int) -> str:
    """Render `2026-06-16 11:02:03.456000`: seven times a row of an export, and so without the slow `strftime`."""
    return (_EPOCH_ANYWHERE + timedelta(milliseconds=time_ms)).isoformat(" ", "microseconds")


def render_day(time_ms: int) -> str:
    """Render `2026-06-16`."""
    return moment(time_ms).strftime("%Y-%m-%d")


def render_long_day(time_ms: int) -> str:
    """Render `Nov 01, 2025`, as the live service does; the documentation leaves the year out."""
    return moment(time_ms).strftime("%b %d, %Y")


def parse_ms(text: str, form: str) -> int:
    """Read a moment of a `strptime` form; raises ValueError."""
    return (datetime.strptime(text, form).replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
