"""What becomes of a message: who gets it is settled when it is sent, then each subscription has its fate.

| at the moment of sending      | push                    | email                    | SMS                         |
|-------------------------------|-------------------------|--------------------------|-----------------------------|
| unsubscribed                  | `failed`, unsubscribed  | `failed`                 | `failed`                    |
| on the suppression list       |                         | `failed`, suppressed     |                             |
| carrier accepts               | `successful`, sent      | `successful`, sent       | `successful`, sent          |
| ... and knows it arrived      |                         | received                 | delivered                   |
| carrier refuses               | `errored`, failed       | `errored`, failed        | `errored`, failed           |
| bounced, undelivered          |                         | sent, bounced            | sent, undelivered           |

The first word is the statistic, the second the event (facts/onesignal-api.md 6.3, 7.1, facts/integration.md 1.5). A
push token that its provider calls unregistered is marked -10 (4.2). A hard bounce or a spam report puts the address on
the app's suppression list (inferred).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from msgspec import Struct

from fake_onesignal import message_kinds as kinds
from fake_onesignal.carrier import UNREGISTERED, Accepted, Bounced, Envelope, Outcome, Refused, Undelivered
from fake_onesignal.messages import NOTHING_MORE, Details, Happening
from fake_onesignal.records import replace
from fake_onesignal.targeting import resolve

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fake_onesignal.messages import Notification
    from fake_onesignal.records import Subscription, User
    from fake_onesignal.state import AppState, World

ENVELOPES_AT_ONCE: Final = 1_000
"""How many fates are decided in one hold of the world's lock, so that a large send does not stop the service."""

UNINSTALLED: Final = -10
SENT: Final = {"push": kinds.PUSH_SENT, "email": kinds.EMAIL_SENT, "sms": kinds.SMS_SENT}
FAILED: Final = {"push": kinds.PUSH_FAILED, "email": kinds.EMAIL_FAILED, "sms": kinds.SMS_FAILED}
ARRIVED: Final = {"push": "", "email": kinds.EMAIL_RECEIVED, "sms": kinds.SMS_DELIVERED}


def send_due(world: World) -> int:
    """Send every message that is due; answers how many were sent. The carrier is called without the lock."""
    now = world.now()
    with world.lock:
        due = [(state, taken) for state in world.apps.values() for taken in state.ledger.take_due(now)]
    for state, notification in due:
        _send(world, state, notification)
    return len(due)


def next_send(world: World) -> datetime | None:
    """When the next message is due."""
    moments = (state.ledger.next_send() for state in world.apps.values())
    return min((moment for moment in moments if moment is not None), default=None)


def _send(world: World, state: AppState, notification: Notification) -> None:
    with world.lock:
        audience = resolve(world, state, notification.draft)
    for start in range(0, len(audience), ENVELOPES_AT_ONCE):
        with world.lock:
            sendings = list(_begin(world, state, notification, audience[start : start + ENVELOPES_AT_ONCE]))
        outcomes = [world.carrier.carry(_envelope(sending)) for sending in sendings]
        with world.lock:
            for sending, outcome in zip(sendings, outcomes, strict=True):
                _conclude(world, state, sending, outcome)
    with world.lock:
        state.ledger.move(notification, "sent", at=world.now())


class _Sending(Struct, frozen=True):
    """One message on its way to one subscription."""

    notification: Notification
    subscription: Subscription
    owner: User
    at: datetime

    def happening(self, kind: str, details: Details = NOTHING_MORE) -> Happening:
        return Happening(
            kind=kind,
            at=self.at,
            message=self.notification,
            subscription=self.subscription,
            user=self.owner,
            details=details,
        )


def _begin(
    world: World, state: AppState, notification: Notification, subscription_ids: Sequence[str]
) -> Iterator[_Sending]:
    """Pick those whom a carrier may be asked to serve; write down the fate of the others."""
    at = world.now()
    for subscription_id in subscription_ids:
        subscription = state.subscriptions.get(subscription_id)
        if subscription is None:
            continue
        sending = _Sending(notification, subscription, state.users[subscription.onesignal_id], at)
        if _is_servable(world, state, sending):
            yield sending


def _is_servable(world: World, state: AppState, sending: _Sending) -> bool:
    subscription, draft = sending.subscription, sending.notification.draft
    if draft.channel == "email" and subscription.token in state.ledger.suppressed:
        state.ledger.write(sending.happening(kinds.EMAIL_SUPPRESSED), world.ids)
        return False
    if subscription.is_subscribed or (draft.channel == "email" and draft.includes_unsubscribed):
        return True
    if draft.channel == "push":
        state.ledger.write(sending.happening(kinds.PUSH_UNSUBSCRIBED), world.ids)
    else:
        state.ledger.count(sending.notification.id, subscription.type, "failed")
    return False


def _envelope(sending: _Sending) -> Envelope:
    notification, subscription = sending.notification, sending.subscription
    return Envelope(
        app_id=notification.app_id,
        notification_id=notification.id,
        subscription_id=subscription.id,
        type=subscription.type,
        token=subscription.token,
        title=notification.draft.title,
        contents=notification.draft.contents,
        sent_at=sending.at,
    )


def _conclude(world: World, state: AppState, sending: _Sending, outcome: Outcome) -> None:
    """Write down what the carrier said."""
    channel, ledger = sending.notification.draft.channel, state.ledger
    if isinstance(outcome, Refused):
        ledger.write(sending.happening(FAILED[channel], Details(failure_reason=outcome.reason)), world.ids)
        if channel == "push" and outcome.reason == UNREGISTERED:
            _mark_uninstalled(state, sending)
        return
    ledger.write(sending.happening(SENT[channel]), world.ids)
    if isinstance(outcome, Accepted) and outcome.delivered and ARRIVED[channel]:
        ledger.write(sending.happening(ARRIVED[channel]), world.ids)
    if isinstance(outcome, Bounced) and channel == "email":
        ledger.suppressed[sending.subscription.token] = None
        ledger.write(sending.happening(kinds.EMAIL_BOUNCED), world.ids)
    if isinstance(outcome, Undelivered) and channel == "sms":
        ledger.write(sending.happening(kinds.SMS_UNDELIVERED), world.ids)


def _mark_uninstalled(state: AppState, sending: _Sending) -> None:
    """Unsubscribe the device, if it still holds the token that the provider no longer knows."""
    current = state.subscriptions.get(sending.subscription.id)
    if current is not None and current.token == sending.subscription.token:
        gone = replace(
            current,
            enabled=False,
            notification_types=UNINSTALLED,
            unsubscribed_at=current.unsubscribed_at or int(sending.at.timestamp()),
        )
        state.keep_subscription(gone)
