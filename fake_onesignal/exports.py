"""CSV exports of subscriptions: asked for now, read later, from a snapshot of the moment of asking.

A file is ready at once, or, with documented limits, at 2,000 rows a second; it is kept three days, and only one is made
at a time (facts/onesignal-api.md 3.1).
"""

from __future__ import annotations

import csv
import zlib
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from io import StringIO
from itertools import islice
from typing import TYPE_CHECKING, Final

import msgspec

from fake_onesignal import segments
from fake_onesignal.errors import RateLimitedError
from fake_onesignal.filters import EVERYBODY
from fake_onesignal.records import Export
from fake_onesignal.segment_errors import SegmentToExportNotFoundError
from fake_onesignal.subscriptions import DEVICE_TYPES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from fake_onesignal.filters import Rule
    from fake_onesignal.profiles import Profile
    from fake_onesignal.records import Subscription, User
    from fake_onesignal.state import AppState, World

ROWS_PER_S: Final = 2_000
KEPT: Final = timedelta(days=3)
CHUNK_ROWS: Final = 2_000


@lru_cache(maxsize=4_096)
def moment(unix_s: int) -> str:
    """Write a moment as the exports do (format inferred)."""
    return datetime.fromtimestamp(unix_s, UTC).strftime("%Y-%m-%d %H:%M:%S")


COLUMNS: Final[dict[str, Callable[[User, Subscription], object]]] = {
    "id": lambda _, one: one.id,
    "identifier": lambda _, one: one.token,
    "session_count": lambda _, one: one.session_count,
    "language": lambda user, _: user.language,
    "timezone": lambda _, one: one.timezone_s,
    "game_version": lambda _, one: one.app_version,
    "device_os": lambda _, one: one.device_os,
    "device_type": lambda _, one: DEVICE_TYPES[one.type],
    "device_model": lambda _, one: one.device_model,
    "ad_id": lambda _, one: one.ad_id,
    "tags": lambda user, _: msgspec.json.encode(user.tags).decode() if user.tags else "{}",
    "last_active": lambda _, one: moment(one.last_active),
    "playtime": lambda _, one: one.session_time,
    "amount_spent": lambda user, _: user.amount_spent,
    "created_at": lambda _, one: moment(one.created_at),
    "invalid_identifier": lambda _, one: "f" if one.is_subscribed else "t",
}
BADGES: Final[dict[str, Callable[[User, Subscription], object]]] = {"badge_count": lambda _, one: one.badge_count}
EXTRA_COLUMNS: Final[dict[str, dict[str, Callable[[User, Subscription], object]]]] = {
    "external_user_id": {"external_user_id": lambda user, _: user.external_id or ""},
    "onesignal_id": {"onesignal_id": lambda user, _: user.onesignal_id},
    "location": {
        "lat": lambda user, _: "" if user.lat is None else user.lat,
        "long": lambda user, _: "" if user.long is None else user.long,
    },
    "country": {"country": lambda user, _: user.country},
    "rooted": {"rooted": lambda _, one: "t" if one.rooted else "f"},
    "ip": {"ip": lambda user, _: user.ip},
    "web_auth": {"web_auth": lambda _, one: one.web_auth},
    "web_p256": {"web_p256": lambda _, one: one.web_p256},
    "unsubscribed_at": {"unsubscribed_at": lambda _, one: moment(one.unsubscribed_at) if one.unsubscribed_at else ""},
    "notification_types": {"notification_types": lambda _, one: one.notification_types},
    "timezone_id": {"timezone_id": lambda user, _: user.timezone_id},
}


def begin(
    world: World,
    state: AppState,
    *,
    extra_fields: Sequence[str],
    active_since: int,
    segment_name: str,
    include_unsubscribed: bool,
) -> Export:
    """Begin an export; refused while another is being made for any app."""
    check_none_is_made(world)
    now = world.now()
    rule, unsubscribed_too = chosen(state, segment_name, include_unsubscribed=include_unsubscribed)
    rows = tuple(
        (user, one)
        for user, one in segments.members(state, rule, world.unix_now(), include_unsubscribed=unsubscribed_too)
        if one.last_active >= active_since
    )
    seconds = len(rows) / ROWS_PER_S if world.limits.documented else 0
    token = world.ids().replace("-", "")
    path = f"/csv_exports/{state.app.id}/users_{token}_{now:%Y-%m-%d}.csv.gz"
    export = Export(path, now + timedelta(seconds=seconds), rows, tuple(extra_fields))
    state.exports = {kept.path: kept for kept in state.exports.values() if now < kept.ready_at + KEPT}
    state.exports[path] = export
    return export


def check_none_is_made(world: World) -> None:
    """Refuse a further export while a file of either kind is being made for any app of the account."""
    now = world.now()
    for state in world.apps.values():
        of_users = [file.ready_at for file in state.exports.values()]
        of_messages = [file.ready_at for file in state.ledger.activity_files.values()]
        if any(ready_at > now for ready_at in of_users + of_messages):
            raise RateLimitedError(1)


def chosen(state: AppState, segment_name: str, *, include_unsubscribed: bool) -> tuple[Rule, bool]:
    """Say who is exported: everyone, or a segment's subscribed members unless all of them are asked for."""
    if not segment_name:
        return EVERYBODY, True
    segment = segments.named(state, segment_name)
    if segment is None:
        raise SegmentToExportNotFoundError
    return segment.rule, include_unsubscribed


def ready(world: World, state: AppState, path: str) -> Export | None:
    """Find a finished export that is still kept."""
    export = state.exports.get(path)
    now = world.now()
    return export if export is not None and export.ready_at <= now < export.ready_at + KEPT else None


def compressed(profile: Profile, export: Export) -> Iterator[bytes]:
    """Write an export as gzip, piece by piece; the same rows give the same bytes."""
    columns = COLUMNS | BADGES if profile.files_show_badges else dict(COLUMNS)
    for name in export.extra_fields:
        columns |= EXTRA_COLUMNS.get(name, {})
    squeeze = zlib.compressobj(level=1, wbits=31)
    yield squeeze.compress(text_of([list(columns)]))
    rows = iter(export.rows)
    while chunk := list(islice(rows, CHUNK_ROWS)):
        yield squeeze.compress(text_of([[read(user, one) for read in columns.values()] for user, one in chunk]))
    yield squeeze.flush()


def text_of(rows: Sequence[Sequence[object]]) -> bytes:
    """Write rows as CSV."""
    text = StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue().encode()
