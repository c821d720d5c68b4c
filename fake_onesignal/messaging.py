"""The dashboard's verbs of messages: caps and throttles, in-app messages, event streams, and what only it can show."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final

from fake_onesignal import event_stream, names, reports, unsubscribe_links
from fake_onesignal.pacing import FrequencyCap
from fake_onesignal.records import replace

if TYPE_CHECKING:
    from fake_onesignal.custom_events import CustomEvent
    from fake_onesignal.event_stream import AdminMail, EventStream
    from fake_onesignal.messages import MessageEvent
    from fake_onesignal.state import World


CAP_WINDOW_MAX_S: Final = 366 * 86_400


class Messaging:
    """What a person does about messages in the browser, as methods; each is one whole step of the world."""

    def __init__(self, world: World) -> None:
        self._world = world

    def set_frequency_cap(self, app_id: str, *, messages_max: int | None, window_s: float = 86_400) -> None:
        """Let a device get at most so many pushes in any window of this length; None lifts the cap."""
        if messages_max is not None and not (messages_max >= 1 and 0 < window_s <= CAP_WINDOW_MAX_S):
            raise ValueError("a frequency cap needs at least one message and a window of at most a year")
        cap = None if messages_max is None else FrequencyCap(messages_max, timedelta(seconds=window_s))
        with self._world.lock:
            names.app_state(self._world, app_id).ledger.frequency.set(cap)

    def set_throttle(self, app_id: str, per_minute: int) -> None:
        """Send at most so many messages a minute where the request does not say otherwise; 0 lifts the throttle."""
        if per_minute < 0:
            raise ValueError("a throttle is no negative number")
        with self._world.lock:
            names.app_state(self._world, app_id).ledger.throttle_per_minute = per_minute

    def custom_events(self, app_id: str) -> tuple[CustomEvent, ...]:
        """Give the app's custom events in the order in which they came."""
        with self._world.lock:
            return tuple(names.app_state(self._world, app_id).ledger.custom_events.kept)

    def unsubscribe_link(self, notification_id: str, subscription_id: str) -> str:
        """Read the unsubscribe link of an e-mail that was sent to an address."""
        with self._world.lock:
            return unsubscribe_links.link(self._world, notification_id, subscription_id)

    def record_live_activity_clicked(self, notification_id: str, subscription_id: str) -> MessageEvent | None:
        """Note that a live activity was tapped (modelled: no route for it is known)."""
        with self._world.lock:
            state = reports.sender(self._world, notification_id)
            return reports.live_activity_clicked(self._world, state, notification_id, subscription_id)

    def update_event_stream(self, app_id: str, stream_id: str, **changed: Any) -> EventStream:
        """Change an event stream: any field of `EventStream`. Raises ValueError for what the dashboard refuses."""
        with self._world.lock:
            lane = names.lane(names.app_state(self._world, app_id), stream_id)
            stream = replace(lane.stream, **changed)
            event_stream.check(stream)
            return lane.change(stream)

    def delete_event_stream(self, app_id: str, stream_id: str) -> EventStream:
        """Take an event stream away, with what waits in it."""
        with self._world.lock:
            state = names.app_state(self._world, app_id)
            lane = names.lane(state, stream_id)
            del state.ledger.lanes[stream_id]
            lane.disable()
            return lane.stream

    def enable_event_stream(self, app_id: str, stream_id: str) -> None:
        """Let a disabled event stream take events again; those in between are lost."""
        with self._world.lock:
            names.lane(names.app_state(self._world, app_id), stream_id).enable()

    def disable_event_stream(self, app_id: str, stream_id: str) -> None:
        """Let an event stream take no more events."""
        with self._world.lock:
            names.lane(names.app_state(self._world, app_id), stream_id).disable()

    def admin_mails(self, app_id: str) -> tuple[AdminMail, ...]:
        """Read the mails about the app's event streams that its administrators got."""
        with self._world.lock:
            state = names.app_state(self._world, app_id)
            return tuple(mail for lane in state.ledger.lanes.values() for mail in lane.mails)
