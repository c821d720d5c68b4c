"""How the app's e-mail is doing: its reputation, and what became of it by mailbox provider and by time.

Everything is counted from the events of the message ledger when it is asked for (facts/onesignal-api.md 2.2; bodies
from the client's models). The names of the providers, and that rates are parts of one, are (inferred).
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

import msgspec

from fake_onesignal import message_kinds as kinds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from fake_onesignal.messages import MessageEvent, Notification
    from fake_onesignal.state import AppState

Granularity: TypeAlias = Literal["hourly", "daily", "monthly"]

WINDOWS: Final = {
    "last_24_hours": timedelta(hours=24),
    "last_7_days": timedelta(days=7),
    "last_30_days": timedelta(days=30),
}
COUNTED: Final[Mapping[str, tuple[str, str]]] = {
    kinds.EMAIL_SENT: ("sent", ""),
    kinds.EMAIL_RECEIVED: ("delivered", ""),
    kinds.EMAIL_OPENED: ("opened", "unique_opened"),
    kinds.EMAIL_CLICKED: ("clicked", "unique_clicked"),
    kinds.EMAIL_FAILED: ("failed", ""),
    kinds.EMAIL_BOUNCED: ("bounced", ""),
    kinds.EMAIL_SPAM: ("complained", ""),
}
"""What each kind of event adds to, and what only the first of a message and an address adds to."""

METRICS: Final = tuple(name for pair in COUNTED.values() for name in pair if name)
OTHER: Final = "Other"
PROVIDERS: Final = {
    "gmail": "Gmail",
    "googlemail": "Gmail",
    "yahoo": "Yahoo",
    "outlook": "Microsoft",
    "hotmail": "Microsoft",
    "live": "Microsoft",
    "msn": "Microsoft",
    "icloud": "Apple",
    "me": "Apple",
    "mac": "Apple",
    "aol": "AOL",
}


class Counter:
    """The metrics of one group of events."""

    def __init__(self) -> None:
        self.metrics = dict.fromkeys(METRICS, 0)
        self._seen: set[tuple[str, str, str]] = set()

    def count(self, event: MessageEvent) -> None:
        """Add one event."""
        every, first = COUNTED[event.kind]
        self.metrics[every] += 1
        once = (event.kind, event.message_id, event.subscription_id)
        if first and once not in self._seen:
            self._seen.add(once)
            self.metrics[first] += 1


@dataclass(frozen=True, slots=True)
class Question:
    """Which e-mail is asked about: sent from a domain, in a span of time, to these providers (none: to all)."""

    domain: str
    start: datetime
    end: datetime
    providers: tuple[str, ...] = ()


def reputation(state: AppState, now: datetime) -> dict[str, tuple[float, float]]:
    """Give, by window, which part of the e-mail sent bounced and which part was complained about."""
    rates = {}
    for window, span in WINDOWS.items():
        counter = Counter()
        for event in _events(state, now - span, now):
            counter.count(event)
        sent = counter.metrics["sent"] or 1
        rates[window] = (counter.metrics["bounced"] / sent, counter.metrics["complained"] / sent)
    return rates


def by_provider(state: AppState, question: Question) -> dict[str, dict[str, int]]:
    """Count by mailbox provider, in the order in which they first got something."""
    counters: dict[str, Counter] = {}
    for provider, event in _asked_about(state, question):
        counters.setdefault(provider, Counter()).count(event)
    return {provider: counter.metrics for provider, counter in counters.items()}


def by_time(state: AppState, question: Question, granularity: Granularity) -> dict[datetime, dict[str, int]]:
    """Count by hour, day or month (UTC), as far as anything happened in it."""
    counters: dict[datetime, Counter] = {}
    for _, event in _asked_about(state, question):
        counters.setdefault(beginning(event.at, granularity), Counter()).count(event)
    return {begin: counters[begin].metrics for begin in sorted(counters)}


def beginning(moment: datetime, granularity: Granularity) -> datetime:
    """Give the beginning of the hour, day or month of a moment."""
    hour = moment.replace(minute=0, second=0, microsecond=0)
    if granularity == "hourly":
        return hour
    day = hour.replace(hour=0)
    return day if granularity == "daily" else day.replace(day=1)


def provider_of(state: AppState, event: MessageEvent) -> str:
    """Tell who keeps the mailbox, by the address that the subscription has now."""
    subscription = state.subscriptions.get(event.subscription_id)
    domain = subscription.token.rpartition("@")[2].lower() if subscription else ""
    return PROVIDERS.get(domain.partition(".")[0], OTHER)


def _asked_about(state: AppState, question: Question) -> Iterator[tuple[str, MessageEvent]]:
    senders: dict[str, bool] = {}
    for event in _events(state, question.start, question.end):
        if event.message_id not in senders:
            senders[event.message_id] = _is_from(state.ledger.notifications.get(event.message_id), question.domain)
        provider = provider_of(state, event)
        if senders[event.message_id] and provider in (question.providers or (provider,)):
            yield provider, event


def _events(state: AppState, start: datetime, end: datetime) -> list[MessageEvent]:
    """Find what happened to e-mail in a span of time; the ledger is in order, so nothing else is looked at."""
    events = state.ledger.events
    first = bisect_left(events, start, key=lambda event: event.at)
    last = bisect_right(events, end, key=lambda event: event.at)
    return [event for event in events[first:last] if event.kind in COUNTED]


def _is_from(notification: Notification | None, domain: str) -> bool:
    """Say whether a message was sent from a domain; one without a sender is from the app's own."""
    if notification is None:
        return False
    sender = msgspec.json.decode(notification.draft.properties).get("email_from_address")
    return not isinstance(sender, str) or sender.rpartition("@")[2].lower() == domain.lower()
