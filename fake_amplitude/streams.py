"""Where events are streamed to, and where each stream stands (facts/amplitude-api.md 5.1)."""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - whoever reads a target of JSON needs its types
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from datetime import datetime

COUNTS_KEPT = timedelta(weeks=2)
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class OneSignalApp:
    """An app whose custom events are fed; its key is another setting than that of a cohort destination."""

    app_id: str
    api_key: str = field(repr=False)
    host: str = "https://api.onesignal.com"


@dataclass(frozen=True, slots=True)
class Webhook:
    """Any address; an event arrives as a row of the export."""

    url: str
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)


@dataclass(frozen=True, slots=True)
class EventDestination:
    """Which events go where, under which user property; no `event_types`, every type.

    Nothing but the event itself is sent, unless event or user properties are chosen.
    """

    id: str
    project_id: int
    name: str
    target: OneSignalApp | Webhook
    mapped_property: str = "user_id"
    event_types: tuple[str, ...] | None = None
    event_properties: tuple[str, ...] = ()
    user_properties: tuple[str, ...] = ()


class Delivery(msgspec.Struct, frozen=True, gc=False):
    """One event on its way, `attempts` tries after its first; `alone` after a batch with it was refused."""

    number: int
    since: datetime
    attempts: int = 0
    alone: bool = False


class Counts(msgspec.Struct, gc=False):
    """What became of events; expired are those whose tries are used up, discarded those that cannot be sent."""

    on_first_attempt: int = 0
    after_retry: int = 0
    expired: int = 0
    discarded: int = 0
    latency_ms: int = 0

    @property
    def delivered(self) -> int:
        """Events that arrived."""
        return self.on_first_attempt + self.after_retry

    @property
    def not_delivered(self) -> int:
        """Events that never will."""
        return self.expired + self.discarded

    def add(self, other: Counts) -> None:
        """Count another's events as well."""
        for name in self.__struct_fields__:
            setattr(self, name, getattr(self, name) + getattr(other, name))


class Volume:
    """How many events a month the organisation may stream; None, any number. What is used up comes back next month."""

    def __init__(self) -> None:
        self.events_a_month: int | None = None
        self.month, self.used = (0, 0), 0

    def takes(self, now: datetime) -> bool:
        """Count an event, or answer False when the month's volume is used up."""
        if self.month != (now.year, now.month):
            self.month, self.used = (now.year, now.month), 0
        if self.events_a_month is not None and self.used >= self.events_a_month:
            return False
        self.used += 1
        return True


class Stream:
    """One destination's place in its project's events, what waits to be sent, and counts by the minute."""

    def __init__(self, destination: EventDestination, first_number: int) -> None:
        self.destination = destination
        self.first_number = self.next_number = first_number
        self.waiting: list[tuple[datetime, int, Delivery]] = []  # a heap, by when to send and by number
        self.total = Counts()
        self.by_minute: dict[int, Counts] = {}
        self.is_calling = False

    def count(self, counts: Counts, now_ms: int) -> None:
        """Remember what became of events just now; minutes older than two weeks are forgotten."""
        minute = now_ms // MINUTE_MS
        of_minute = self.by_minute.get(minute)
        if of_minute is None:
            oldest = minute - COUNTS_KEPT // timedelta(minutes=1)
            self.by_minute = {each: kept for each, kept in self.by_minute.items() if each >= oldest}
            of_minute = self.by_minute[minute] = Counts()
        of_minute.add(counts)
        self.total.add(counts)

    def between(self, start_ms: int, end_ms: int) -> Counts:
        """Answer what became of events from the minute of `start_ms` to that of `end_ms`."""
        found = Counts()
        for minute, counts in self.by_minute.items():
            if start_ms // MINUTE_MS <= minute <= end_ms // MINUTE_MS:
                found.add(counts)
        return found
