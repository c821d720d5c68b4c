"""The history of a message: a CSV file of the devices that were sent it, or that clicked it, and when.

For paid plans, within seven days of sending. A message to fewer than 1,000 has no sent rows. With documented limits the
file takes a minute to be there (facts/onesignal-api.md 3 says one to three).
"""

from __future__ import annotations

from datetime import timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Final, Literal

from msgspec import Struct

from fake_onesignal import message_kinds as kinds
from fake_onesignal.exports import text_of
from fake_onesignal.message_errors import NotificationNotFoundError, PlanError
from fake_onesignal.notifications import view
from fake_onesignal.plans import PLANS

if TYPE_CHECKING:
    from datetime import datetime

    from fake_onesignal.messages import Notification
    from fake_onesignal.state import AppState, World

AVAILABLE: Final = timedelta(days=7)
TAKES: Final = timedelta(minutes=1)
RECIPIENTS_MIN: Final = 1_000
KINDS: Final[dict[str, frozenset[str]]] = {
    "sent": frozenset({kinds.PUSH_SENT, kinds.EMAIL_SENT, kinds.SMS_SENT}),
    "clicked": frozenset({kinds.PUSH_CLICKED, kinds.EMAIL_CLICKED}),
}


class HistoryFile(Struct, frozen=True, gc=False):
    """One history, as it was when it was asked for."""

    path: str
    ready_at: datetime
    rows: tuple[tuple[str, str], ...]

    def text(self) -> bytes:
        """Write the file: who, and when in unix seconds."""
        return text_of([("player_id", "timestamp"), *self.rows])


def begin(world: World, state: AppState, notification_id: str, events: Literal["sent", "clicked"]) -> HistoryFile:
    """Begin a history. Raises PlanError on the Free plan and NotificationNotFoundError after seven days (inferred)."""
    if not PLANS[state.app.plan].is_paid:
        raise PlanError
    notification = view(world, state, notification_id)
    now = world.now()
    if now - notification.due_at >= AVAILABLE:
        raise NotificationNotFoundError
    name = sha256(f"{notification.id} {events} {now.isoformat()}".encode()).hexdigest()[:32]
    path = f"/message_histories/{state.app.id}/{events}_{name}.csv"
    wait = TAKES if world.limits.documented else timedelta(0)
    file = HistoryFile(path, now + wait, _rows(state, notification, events))
    state.ledger.histories[path] = file
    return file


def ready(world: World, app_id: str, path: str) -> HistoryFile | None:
    """Find a finished file."""
    state = world.apps.get(app_id)
    file = None if state is None else state.ledger.histories.get(path)
    return file if file is not None and file.ready_at <= world.now() < file.ready_at + AVAILABLE else None


def _rows(state: AppState, notification: Notification, events: str) -> tuple[tuple[str, str], ...]:
    if events == "sent" and len(state.ledger.seen[notification.id]) < RECIPIENTS_MIN:
        return ()
    return tuple(
        (event.subscription_id, str(int(event.at.timestamp())))
        for event in state.ledger.events
        if event.message_id == notification.id and event.kind in KINDS[events]
    )
