"""When each part of an audience gets a message: at once, a number a minute, or at a time of each person's own day.

`delayed_option` "timezone" means the next time that the clock on the person's wall shows `delivery_time_of_day`,
"last-active" the next time of day at which the person last used the app; both count from the moment at which the
sending begins. Throttling sends so many a minute (facts/onesignal-api.md 6.1). Who has no time zone has UTC, and
last-active is taken by the minute (inferred).
"""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta, timezone, tzinfo
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_onesignal.messages import Draft
    from fake_onesignal.state import AppState

Part: TypeAlias = "tuple[datetime, Sequence[str]]"
"""When, and who: subscription ids."""

MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)


def parts(state: AppState, draft: Draft, audience: Sequence[str], start: datetime) -> list[Part]:
    """Share an audience out over time, the earliest part first; an empty audience has no part."""
    if not audience:
        return []
    if draft.delayed_option:
        return _by_moment(state, draft, audience, start)
    rate = per_minute(state.ledger.throttle_per_minute, draft)
    if rate:
        starts = range(0, len(audience), rate)
        return [(start + minute * MINUTE, audience[at : at + rate]) for minute, at in enumerate(starts)]
    return [(start, audience)]


def per_minute(of_app: int, draft: Draft) -> int:
    """Give the rate at which a message is sent, its own or else the app's; 0 is without throttling."""
    return of_app if draft.throttle_per_minute is None else draft.throttle_per_minute


def _by_moment(state: AppState, draft: Draft, audience: Sequence[str], start: datetime) -> list[Part]:
    at_moment: dict[datetime, list[str]] = {}
    for subscription_id in audience:
        subscription = state.subscriptions[subscription_id]
        if draft.delayed_option == "last-active":
            moment = next_time(start, minute_of_day(subscription.last_active), UTC)
        else:
            zone = zone_of(state.users[subscription.onesignal_id].timezone_id, subscription.timezone_s)
            moment = next_time(start, draft.delivery_time_of_day, zone)
        at_moment.setdefault(moment, []).append(subscription_id)
    return sorted(at_moment.items())


def minute_of_day(unix_s: int) -> time:
    """Give the time of day of a moment, by UTC and to the minute."""
    minutes = unix_s // 60 % 1_440
    return time(minutes // 60, minutes % 60)


@lru_cache(maxsize=4_096)
def next_time(start: datetime, of_day: time | None, zone: tzinfo) -> datetime:
    """Give the first moment from `start` on at which a clock in `zone` shows `of_day`, or what UTC shows at `start`."""
    of_day = of_day or start.time()
    today = start.astimezone(zone).date()
    moments = (datetime.combine(today + days * DAY, of_day, zone).astimezone(UTC) for days in range(3))
    return next(moment for moment in moments if moment >= start)


@lru_cache(maxsize=4_096)
def zone_of(timezone_id: str, offset_s: int) -> tzinfo:
    """Give a person's time zone by its name, or else by the device's offset from UTC."""
    try:
        return ZoneInfo(timezone_id) if timezone_id else _fixed(offset_s)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return _fixed(offset_s)


def _fixed(offset_s: int) -> tzinfo:
    return timezone(timedelta(seconds=offset_s)) if abs(offset_s) < DAY.total_seconds() else UTC
