"""The audience activity of a message: a CSV file with one row a device, of what became of the message there.

Made from the ledger's events at the moment of asking, so each row has the owner's ids as they were when the message was
sent (facts/onesignal-api.md 3.1). Whoever has no event, such as an unsubscribed e-mail address, has no row (inferred).
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fake_onesignal import message_kinds as kinds
from fake_onesignal.exports import KEPT, ROWS_PER_S, check_none_is_made, text_of
from fake_onesignal.notifications import view

if TYPE_CHECKING:
    from datetime import datetime

    from fake_onesignal.messages import MessageEvent
    from fake_onesignal.state import AppState, World

COLUMNS: Final = (
    "external_user_id",
    "subscription_id",
    "device_type",
    "sent",
    "delivered",
    "clicked",
    "onesignal_id",
    "failed",
    "unsubscribed",
    "failure_message",
)
SENT: Final = frozenset({kinds.PUSH_SENT, kinds.EMAIL_SENT, kinds.SMS_SENT})
DELIVERED: Final = frozenset({kinds.PUSH_RECEIVED, kinds.EMAIL_RECEIVED, kinds.SMS_DELIVERED})
CLICKED: Final = frozenset({kinds.PUSH_CLICKED, kinds.EMAIL_CLICKED})
FAILED: Final = frozenset(
    {
        kinds.PUSH_FAILED,
        kinds.EMAIL_FAILED,
        kinds.EMAIL_BOUNCED,
        kinds.EMAIL_SUPPRESSED,
        kinds.SMS_FAILED,
        kinds.SMS_UNDELIVERED,
    }
)
UNSUBSCRIBED: Final = frozenset({kinds.PUSH_UNSUBSCRIBED, kinds.EMAIL_UNSUBSCRIBED})


@dataclass(frozen=True, slots=True)
class ActivityFile:
    """One export of a message's activity, as it was when it was asked for."""

    path: str
    ready_at: datetime
    rows: tuple[tuple[str, ...], ...]

    def compressed(self) -> bytes:
        """Write the file as gzip; the same rows give the same bytes."""
        return gzip.compress(text_of([COLUMNS, *self.rows]), mtime=0)


def begin(world: World, state: AppState, notification_id: str) -> ActivityFile:
    """Begin an export; refused while another is being made for any app, 404 for a message the service has forgotten."""
    notification = view(world, state, notification_id)
    check_none_is_made(world)
    histories: dict[str, list[MessageEvent]] = {}
    for event in state.ledger.events:
        if event.message_id == notification.id:
            histories.setdefault(event.subscription_id, []).append(event)
    rows = tuple(_row(history) for history in histories.values())
    now = world.now()
    wait = timedelta(seconds=len(rows) / ROWS_PER_S if world.limits.documented else 0)
    name = (
        f"events_audience-activity-{notification.id}-{notification.draft.channel}-{now:%Y-%m-%dT%I-%M-%S%p}UTC.csv.gz"
    )
    file = ActivityFile(f"/csv_exports/{state.app.id}/{name}", now + wait, rows)
    kept = state.ledger.activity_files
    state.ledger.activity_files = {path: old for path, old in kept.items() if now < old.ready_at + KEPT}
    state.ledger.activity_files[file.path] = file
    return file


def ready(world: World, app_id: str, path: str) -> ActivityFile | None:
    """Find a finished file that is still kept."""
    state = world.apps.get(app_id)
    file = None if state is None else state.ledger.activity_files.get(path)
    now = world.now()
    return file if file is not None and file.ready_at <= now < file.ready_at + KEPT else None


def _row(history: list[MessageEvent]) -> tuple[str, ...]:
    first = history[0]
    happened = {event.kind for event in history}
    sent, delivered, clicked, failed, unsubscribed = (
        "false" if happened.isdisjoint(group) else "true" for group in (SENT, DELIVERED, CLICKED, FAILED, UNSUBSCRIBED)
    )
    reason = next((event.details.failure_reason for event in history if event.details.failure_reason), "")
    return (
        first.external_id,
        first.subscription_id,
        first.device_type,
        sent,
        delivered,
        clicked,
        first.onesignal_id,
        failed,
        unsubscribed,
        reason,
    )
