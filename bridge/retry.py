"""When a failed delivery is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING

from bridge.records import from_microseconds

if TYPE_CHECKING:
    from bridge.records import ClaimedDelivery

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
ATTEMPTS_MIN = 3
# Amplitude forgets an insert_id after 7 days (facts/amplitude-api.md 2.3): a later retry could count twice
GIVE_UP_AFTER = timedelta(days=6)
AMPLITUDE_REMEMBERS_FOR = timedelta(days=7) - timedelta(hours=12)
_DOUBLINGS_MAX = 10


def wait_after(failures: int, asked: timedelta | None = None) -> timedelta:
    """Answer how long a route rests after its n-th failure in a row; never less than the vendor asked for."""
    doublings = min(max(failures - 1, 0), _DOUBLINGS_MAX)
    backoff = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return max(backoff, asked) if asked is not None else backoff


def gives_up(delivery: ClaimedDelivery, last_words: str, now: datetime) -> str | None:
    """Answer why a delivery is given up after one failure more: when it was tried often and long enough, both."""
    tried_for = now - from_microseconds(delivery.first_tried_at) if delivery.first_tried_at is not None else timedelta()
    if delivery.attempts + 1 < ATTEMPTS_MIN or tried_for < GIVE_UP_AFTER:
        return None
    return f"given up after {tried_for.days} days: {last_words}"


def too_late(delivery: ClaimedDelivery, remembers_for: timedelta, now: datetime) -> str | None:
    """Answer why a delivery may not be tried again: the vendor may have it, and would no longer know it again."""
    if delivery.in_doubt_since is None:
        return None
    in_doubt_since = from_microseconds(delivery.in_doubt_since)
    if now - in_doubt_since < remembers_for:
        return None
    return f"sent on {in_doubt_since:%Y-%m-%d} without hearing what became of it, and too late to repeat"


def asked_wait(retry_after: str | None, now: datetime) -> timedelta | None:
    """Read a Retry-After header, in seconds or as a date; None when there is none that makes sense."""
    text = (retry_after or "").strip()
    if text.isascii() and text.isdigit():
        return min(timedelta(seconds=min(int(text), 10**9)), GIVE_UP_AFTER)
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return min(max(moment - now, timedelta(0)), GIVE_UP_AFTER)
