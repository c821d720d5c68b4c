"""The book of one app's messages: what is queued, what became of each, every event in order, and who listens to them.

The verbs are called with the world's lock held. Statistics are counted as events are written, never by looking back.
"""

from __future__ import annotations

from bisect import bisect_left
from datetime import timedelta
from heapq import heappop, heappush
from typing import TYPE_CHECKING, Final

from fake_onesignal.custom_events import CustomEvents
from fake_onesignal.message_kinds import BIT, DEVICE_TYPE, KINDS, PLATFORM
from fake_onesignal.messages import MessageEvent, Notification
from fake_onesignal.outcomes import Outcomes
from fake_onesignal.outgoing import Outgoing
from fake_onesignal.pacing import Frequency, Volume
from fake_onesignal.records import replace
from fake_onesignal.running_activities import Activities

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import datetime

    from fake_onesignal.activity import ActivityFile
    from fake_onesignal.event_stream import Lane
    from fake_onesignal.history import HistoryFile
    from fake_onesignal.messages import Happening, InAppMessage, Status
    from fake_onesignal.records import Subscription

KEPT_FOR: Final = timedelta(days=30)
"""After this long, messages are forgotten and idempotency keys free again (facts/onesignal-api.md 6.1, 6.3)."""


class Ledger:
    """Everything that one app has sent and what it has heard back.

    `arrivals` are the ids of all messages as they were queued, `waiting` a heap of those still to be sent by due time.
    `statistics` are counters by message, platform and column; `seen` has, by message and subscription, kinds of event
    that happened there as bits. `lanes` are the event streams on their way out. `unheard_of` counts, by device from
    which the app is gone, the sends that still seemed to work.
    """

    def __init__(self, app_id: str) -> None:
        self.app_id = app_id
        self.notifications: dict[str, Notification] = {}
        self.arrivals: list[str] = []
        self.waiting: list[tuple[datetime, int, str]] = []
        self.first_results: dict[str, str] = {}
        self.statistics: dict[str, dict[str, dict[str, int]]] = {}
        self.seen: dict[str, dict[str, int]] = {}
        self.events: list[MessageEvent] = []
        self.suppressed: dict[str, None] = {}
        self.outgoing = Outgoing()
        self.frequency = Frequency()
        self.volume = Volume()
        self.throttle_per_minute = 0
        self.unheard_of: dict[str, int] = {}
        self.activities = Activities()
        self.custom_events = CustomEvents()
        self.outcomes = Outcomes()
        self.histories: dict[str, HistoryFile] = {}
        self.activity_files: dict[str, ActivityFile] = {}
        self.in_app_messages: dict[str, InAppMessage] = {}
        self.lanes: dict[str, Lane] = {}

    def queue(self, notification: Notification) -> Notification:
        """Remember an accepted message, to be sent when it is due."""
        self.notifications[notification.id] = notification
        heappush(self.waiting, (notification.due_at, len(self.arrivals), notification.id))
        self.arrivals.append(notification.id)
        self.statistics[notification.id] = {}
        self.seen[notification.id] = {}
        if notification.draft.idempotency_key:
            self.first_results[notification.draft.idempotency_key] = notification.id
        return notification

    def move(self, notification: Notification, status: Status, *, at: datetime | None = None) -> Notification:
        """Bring a message to its next status; `at` is when everyone was served."""
        moved = replace(notification, status=status, completed_at=at)
        self.notifications[moved.id] = moved
        return moved

    def take_due(self, now: datetime) -> list[Notification]:
        """Take the queued messages whose time has come, and call them sending."""
        taken = []
        while self.waiting and self.waiting[0][0] <= now:
            notification = self.notifications[heappop(self.waiting)[2]]
            if notification.status == "queued":
                taken.append(self.move(notification, "sending"))
        return taken

    def next_send(self) -> datetime | None:
        """Say when the next queued message is due."""
        while self.waiting and self.notifications[self.waiting[0][2]].status != "queued":
            heappop(self.waiting)
        return self.waiting[0][0] if self.waiting else None

    def first_result(self, idempotency_key: str, now: datetime) -> Notification | None:
        """Find the message that this key made in the last 30 days."""
        first = self.notifications.get(self.first_results.get(idempotency_key, ""))
        return first if first and now - first.queued_at < KEPT_FOR else None

    def visible(self, notification_id: str, now: datetime) -> Notification | None:
        """Find a message, while the service still remembers it."""
        found = self.notifications.get(notification_id)
        return found if found and now - found.queued_at < KEPT_FOR else None

    def visible_ids(self, now: datetime) -> list[str]:
        """List the messages that the service still remembers, in the order in which they were queued."""
        oldest = now - KEPT_FOR
        start = bisect_left(self.arrivals, oldest, key=lambda known: self.notifications[known].queued_at)
        return self.arrivals[start:]

    def count(self, notification_id: str, type_: str, column: str) -> None:
        """Add one to a statistic of a message, under the platform of a subscription type."""
        columns = self.statistics[notification_id].setdefault(PLATFORM[type_], {})
        columns[column] = columns.get(column, 0) + 1

    def totals(self, notification_id: str) -> dict[str, int]:
        """Answer the statistics of a message over all platforms."""
        totals: dict[str, int] = {}
        for columns in self.statistics[notification_id].values():
            for column, number in columns.items():
                totals[column] = totals.get(column, 0) + number
        return totals

    def may_happen(self, kind: str, notification_id: str, subscription_id: str) -> bool:
        """Say whether the table of kinds lets this follow what the subscription has seen of the message."""
        rule = KINDS[kind]
        seen = self.seen[notification_id].get(subscription_id, 0)
        follows = not rule.follows or seen & BIT[rule.follows]
        return bool(follows) and not (rule.once and seen & BIT[kind])

    def write(self, happening: Happening, event_id: Callable[[], str]) -> MessageEvent:
        """Write down that something happened: count it, keep the event, give it to the streams that take its kind."""
        message, subscription = happening.message, happening.subscription
        if isinstance(message, Notification):
            self._count_happening(message.id, happening.kind, subscription)
        event = self._event(happening, event_id())
        self.events.append(event)
        for lane in self.lanes.values():
            lane.offer(event, happening)
        return event

    def _count_happening(self, notification_id: str, kind: str, subscription: Subscription) -> None:
        rule = KINDS[kind]
        seen = self.seen[notification_id]
        before = seen.get(subscription.id, 0)
        seen[subscription.id] = before | BIT[kind]
        if rule.counts:
            self.count(notification_id, subscription.type, rule.counts)
        if rule.counts_first and not before & BIT[kind]:
            self.count(notification_id, subscription.type, rule.counts_first)

    def _event(self, happening: Happening, event_id: str) -> MessageEvent:
        return MessageEvent(
            id=event_id,
            kind=happening.kind,
            at=happening.at,
            app_id=self.app_id,
            message_id=happening.message.id,
            subscription_id=happening.subscription.id,
            onesignal_id=happening.user.onesignal_id,
            external_id=happening.user.external_id or "",
            device_type=DEVICE_TYPE[happening.subscription.type],
            details=happening.details,
        )

    def shelves(self) -> Iterator[object]:
        """Give everything that is remembered, piece by piece, for the fingerprint."""
        yield from self.notifications.values()
        yield from self.events
        yield {name: kept for name, kept in vars(self).items() if name not in {"notifications", "events"}}
