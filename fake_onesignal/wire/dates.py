"""Dates and times as customers write them: ISO 8601, as JavaScript does, or "9:00AM" (facts/onesignal-api.md 6.1)."""

from __future__ import annotations

import re
from datetime import UTC, datetime, time, tzinfo
from email.utils import parsedate_to_datetime
from typing import Final

from fake_onesignal.message_errors import SendAfterError, TimeOfDayError

_REMARK: Final = re.compile(r"\s*\([^)]*\)\s*$")
_ORDINAL: Final = re.compile(r"(\d)(?:st|nd|rd|th)\b")
_ZONE: Final = re.compile(r"\s*(?:GMT|UTC)(?=[+-])")
_SHORT_ZONE: Final = re.compile(r"(?<=:\d\d)([+-]\d{3})$")
_LENGTH_MAX: Final = 100
_FORMATS: Final = (
    "%a %b %d %Y %H:%M:%S%z",
    "%b %d %Y %H:%M:%S%z",
    "%B %d %Y, %I:%M:%S %p%z",
    "%Y-%m-%d %H:%M:%S%z",
)
_TIMES: Final = ("%H:%M", "%H:%M:%S", "%I:%M%p", "%I:%M %p", "%I:%M:%S%p")


def parse_send_after(text: str, *, zoneless: tzinfo = UTC) -> datetime:
    """Read the moment that a customer means; without a zone it is in `zoneless`."""
    if len(text) > _LENGTH_MAX:
        raise SendAfterError
    try:
        moment = _read(_cleaned(text))
        return (moment if moment.tzinfo else moment.replace(tzinfo=zoneless)).astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise SendAfterError from error


def parse_moment(text: str) -> datetime:
    """Read ISO 8601; without a zone it is UTC. Raises ValueError or OverflowError for anything else."""
    moment = datetime.fromisoformat(text)
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def parse_time_of_day(text: str) -> time:
    """Read "9:00AM", "21:45" or "9:45:30"."""
    for form in _TIMES:
        try:
            return datetime.strptime(text.strip().upper()[:_LENGTH_MAX], form).time()  # noqa: DTZ007 - no date in it
        except ValueError:
            continue
    raise TimeOfDayError


def _cleaned(text: str) -> str:
    """Leave out what only people read, and write the zone as computers do; some clients send "GMT+000"."""
    plain = _ZONE.sub("", _ORDINAL.sub(r"\1", _REMARK.sub("", text))).replace("Sept ", "Sep ").strip()
    return _SHORT_ZONE.sub(r"\g<1>0", plain)


def _read(text: str) -> datetime:
    if text.endswith(("GMT", "UTC")) and "," in text:
        return parsedate_to_datetime(text)
    for form in _FORMATS:
        try:
            return datetime.strptime(text, form)  # noqa: DTZ007 - every form has its %z
        except ValueError:
            continue
    return datetime.fromisoformat(text.removesuffix("UTC").removesuffix("GMT").strip())
