"""How much an app may send: the frequency cap of each device, and the message volume limit of the whole app.

Whoever has got as many pushes as the cap allows in its window gets no further one: that is counted and no event
(facts/integration.md 1.2, 1.5). Every push counts for the cap, and a message is held back unless it says
`enable_frequency_cap: false` (inferred). An app that delivers more than ten times its subscribed subscriptions in any
15 minutes is disabled (facts/onesignal-api.md 8.1).
"""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

VOLUME_WINDOW: Final = timedelta(minutes=15)
VOLUME_FACTOR: Final = 10


class FrequencyCap(Struct, frozen=True):
    """At most so many pushes to one device in any window of this length."""

    messages_max: int
    window: timedelta


class Frequency:
    """What each device has got lately. Nothing is remembered while the app has no cap."""

    def __init__(self) -> None:
        self.cap: FrequencyCap | None = None
        self._sent: dict[str, list[datetime]] = {}

    def is_used_up(self, subscription_id: str, now: datetime) -> bool:
        """Say whether a device has had its share."""
        if self.cap is None:
            return False
        sent = self._sent.get(subscription_id, [])
        return len(sent) - bisect_right(sent, now - self.cap.window) >= self.cap.messages_max

    def note(self, subscription_id: str, now: datetime) -> None:
        """Remember that a device was sent a push."""
        if self.cap is not None:
            sent = self._sent.setdefault(subscription_id, [])
            sent.append(now)
            del sent[: -self.cap.messages_max]

    def set(self, cap: FrequencyCap | None) -> None:
        """Put another cap in force; what was sent under a smaller one is known as far as that one needed it."""
        self.cap = cap
        if cap is None:
            self._sent.clear()


class Volume:
    """How many messages an app delivered in the last 15 minutes."""

    def __init__(self) -> None:
        self._lately: deque[tuple[datetime, int]] = deque()
        self._total = 0

    def add(self, number: int, now: datetime) -> int:
        """Count deliveries; answers how many there were in the window that ends now."""
        self._lately.append((now, number))
        self._total += number
        while self._lately and self._lately[0][0] <= now - VOLUME_WINDOW:
            self._total -= self._lately.popleft()[1]
        return self._total
