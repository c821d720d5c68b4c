"""Dates as customers write them in `send_after`: ISO 8601, or as JavaScript does (facts/onesignal-api.md 6.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from fake_onesignal.message_errors import SendAfterError

_REMARK: Final = re.compile(r"\s*\([^)]*\)\s*$")
_ORDINAL: Final = re.compile(r"(\d)(?:st|nd|rd|th)\b")
_ZONE: Final = re.compile(r"\s*(?:GMT|UTC)(?=[+-])")
_LENGTH_MAX: Final = 100
_FORMATS: Final = (
    "%a %b %d %Y %H:%M:%S%z",
    "%b %d %Y %H:%M:%S%z",
    "%B %d %Y, %I:%M:%S %p%z",
    "%Y-%m-%d %H:%M:%S%z",
)


def parse_send_after(text: str) -> datetime:
    """Read the moment that a customer means; without a zone it is UTC (inferred)."""
    if len(text) > _LENGTH_MAX:
        raise SendAfterError
    cleaned = _ZONE.sub("", _ORDINAL.sub(r"\1", _REMARK.sub("", text))).replace("Sept ", "Sep ").strip()
    try:
        moment = _read(cleaned)
        return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SendAfterError from error


def _read(text: str) -> datetime:
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - every form has its %z
        except ValueError:
            continue
    return datetime.fromisoformat(text.removesuffix("UTC").removesuffix("GMT").strip())
