"""Renders and reads the vendor's ways of writing a moment; all are UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


def moment(time_ms: int) -> datetime:
    """Answer the moment of a time in milliseconds."""
    return EPOCH + timedelta(milliseconds=time_ms)


def render_moment(time_ms: int) -> str:
    """Render `2026-06-16 11:02:03.456000`."""
    return moment(time_ms).strftime("%Y-%m-%d %H:%M:%S.%f")


def render_day(time_ms: int) -> str:
    """Render `2026-06-16`."""
    return moment(time_ms).strftime("%Y-%m-%d")


def render_long_day(time_ms: int) -> str:
    """Render `Nov 01, 2025`, as the live service does; the documentation leaves the year out."""
    return moment(time_ms).strftime("%b %d, %Y")


def parse_ms(text: str, form: str) -> int:
    """Read a moment of a `strptime` form; raises ValueError."""
    return (datetime.strptime(text, form).replace(tzinfo=UTC) - EPOCH) // timedelta(milliseconds=1)
