"""When messages are sent: those that are due are shared out over time, and each part goes out when its moment comes.

The carrier is called without the world's lock, a thousand envelopes at a time, and what it said is written down after.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fake_onesignal import delivery
from fake_onesignal.pacing import VOLUME_FACTOR
from fake_onesignal.records import replace
from fake_onesignal.schedule import parts
from fake_onesignal.targeting import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fake_onesignal.messages import Notification
    from fake_onesignal.outgoing import Due
    from fake_onesignal.state import AppState, World

ENVELOPES_AT_ONCE: Final = 1_000
"""How many fates are decided in one hold of the world's lock, so that a large send does not stop the service."""


def send_due(world: World) -> int:
    """Begin every message that is due and send every part that is; answers how many parts were sent."""
    now = world.now()
    with world.lock:
        senders = list(_able(world))
        nobody = sum(_begin(world, state, taken) for state in senders for taken in state.ledger.take_due(now))
    return nobody + sum(_send_parts(world, state, now) for state in senders)


def next_send(world: World) -> datetime | None:
    """When the next message or part of one is due. A disabled app is silent."""
    ledgers = [state.ledger for state in _able(world)]
    moments = [moment for ledger in ledgers for moment in (ledger.next_send(), ledger.outgoing.next_due())]
    return min((moment for moment in moments if moment is not None), default=None)


def _able(world: World) -> Iterator[AppState]:
    return (state for state in world.apps.values() if not state.settings.is_disabled)


def _begin(world: World, state: AppState, notification: Notification) -> int:
    """Settle who gets a message and when; answers 1 when that is nobody and the message is done."""
    now = world.now()
    shared_out = parts(state, notification.draft, resolve(world, state, notification.draft), now)
    state.ledger.outgoing.plan(notification.id, shared_out)
    if shared_out:
        return 0
    state.ledger.move(notification, "sent", at=now)
    return 1


def _send_parts(world: World, state: AppState, now: datetime) -> int:
    sent = 0
    while True:
        with world.lock:
            due = None if state.settings.is_disabled else state.ledger.outgoing.take(now)
        if due is None:
            return sent
        _send(world, state, due)
        sent += 1


def _send(world: World, state: AppState, due: Due) -> None:
    """Send one part, until it is through, cancelled, or the app disabled."""
    notification_id, audience = due
    for start in range(0, len(audience), ENVELOPES_AT_ONCE):
        with world.lock:
            notification = state.ledger.notifications[notification_id]
            if notification.status == "canceled":
                return
            if state.settings.is_disabled:
                state.ledger.outgoing.put(world.now(), (notification_id, audience[start:]))
                return
        _send_some(world, state, notification, audience[start : start + ENVELOPES_AT_ONCE])


def _send_some(world: World, state: AppState, notification: Notification, subscription_ids: Sequence[str]) -> None:
    with world.lock:
        most = VOLUME_FACTOR * state.subscribed  # before this very message finds out whose app is gone
        sendings = list(delivery.begin(world, state, notification, subscription_ids))
        envelopes = [delivery.envelope(state, sending) for sending in sendings]
    outcomes = [world.carrier.carry(envelope) for envelope in envelopes]
    with world.lock:
        for sending, outcome in zip(sendings, outcomes, strict=True):
            delivery.conclude(world, state, sending, outcome)
        _keep_within_volume(world, state, len(sendings), most=most)
        remaining = state.ledger.outgoing.serve(notification.id, len(subscription_ids))
        current = state.ledger.notifications[notification.id]
        if not remaining and current.status == "sending":
            state.ledger.move(current, "sent", at=world.now())


def _keep_within_volume(world: World, state: AppState, delivered: int, *, most: int) -> None:
    """Disable the app when this was too much; only documented limits are kept."""
    if not world.limits.documented:
        return
    if state.ledger.volume.add(delivered, world.now()) > most:
        state.settings = replace(state.settings, is_disabled=True)
