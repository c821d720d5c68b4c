"""When a failed delivery is tried again, and when it is given up."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

FIRST_WAIT = timedelta(seconds=1)
LONGEST_WAIT = timedelta(minutes=5)
ATTEMPTS_MIN = 3
# Amplitude forgets an insert_id after 7 days (facts/amplitude-api.md 2.3): a later retry could count twice
GIVE_UP_AFTER = timedelta(days=6)
_DOUBLINGS_MAX = 10


def wait_after(failures: int, asked: timedelta | None = None) -> timedelta:
    """Answer how long a route rests after its n-th failure in a row; never less than the vendor asked for."""
    doublings = min(max(failures - 1, 0), _DOUBLINGS_MAX)
    backoff = min(FIRST_WAIT * (1 << doublings), LONGEST_WAIT)
    return max(backoff, asked) if asked is not None else backoff


def gives_up(attempts: int, age: timedelta) -> bool:
    """Say whether a delivery has been tried often and long enough; both must be true."""
    return attempts >= ATTEMPTS_MIN and age >= GIVE_UP_AFTER


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
