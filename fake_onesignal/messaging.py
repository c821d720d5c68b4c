"""The dashboard's verbs of messages: caps and throttles, in-app messages, event streams, and what only it can show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from fake_onesignal import reports, unsubscribe_links
from fake_onesignal.pacing import FrequencyCap

if TYPE_CHECKING:
    from fake_onesignal.custom_events import CustomEvent
    from fake_onesignal.messages import MessageEvent
    from fake_onesignal.state import World


class Messaging:
    """What a person does about messages in the browser, as methods; each is one whole step of the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def set_frequency_cap(self, app_id: str, *, messages_max: int | None, window_s: float = 86_400) -> None:
        """Let a device get at most so many pushes in any window of this length; None lifts the cap."""
        if messages_max is not None and (messages_max < 1 or window_s <= 0):
            raise ValueError("a frequency cap needs at least one message and a window")
        cap = None if messages_max is None else FrequencyCap(messages_max, timedelta(seconds=window_s))
        with self._world.lock:
            self._world.apps[app_id].ledger.frequency.set(cap)

    def set_throttle(self, app_id: str, per_minute: int) -> None:
        """Send at most so many messages a minute where the request does not say otherwise; 0 lifts the throttle."""
        if per_minute < 0:
            raise ValueError("a throttle is no negative number")
        with self._world.lock:
            self._world.apps[app_id].ledger.throttle_per_minute = per_minute

    def custom_events(self, app_id: str) -> tuple[CustomEvent, ...]:
        """Give the app's custom events in the order in which they came."""
        with self._world.lock:
            return tuple(self._world.apps[app_id].ledger.custom_events.kept)

    def unsubscribe_link(self, notification_id: str, subscription_id: str) -> str:
        """Read the unsubscribe link of an e-mail that was sent to an address."""
        with self._world.lock:
            return unsubscribe_links.link(self._world, notification_id, subscription_id)

    def record_live_activity_clicked(self, notification_id: str, subscription_id: str) -> MessageEvent | None:
        """Note that a live activity was tapped (modelled: no route for it is known)."""
        with self._world.lock:
            state = reports.sender(self._world, notification_id)
            return reports.live_activity_clicked(self._world, state, notification_id, subscription_id)
