"""What becomes of a message at each subscription that it is sent to.

| at the moment of sending      | push                    | email                    | SMS                         |
|-------------------------------|-------------------------|--------------------------|-----------------------------|
| unsubscribed                  | `failed`, unsubscribed  | `failed`                 | `failed`                    |
| on the suppression list       |                         | `failed`, suppressed     |                             |
| carrier accepts               | `successful`, sent      | `successful`, sent       | `successful`, sent          |
| ... and knows it arrived      |                         | received                 | delivered                   |
| carrier refuses               | `errored`, failed       | `errored`, failed        | `errored`, failed           |
| bounced, undelivered          |                         | sent, bounced            | sent, undelivered           |
| too often (frequency cap)     | `frequency_capped`      |                          |                             |
| app gone: first, second time  | `successful`, sent      |                          |                             |
| app gone: third time          | `failed`, unsubscribed  |                          |                             |

The first word is the statistic, the second the event (facts/onesignal-api.md 6.3, 7.1, facts/integration.md 1.5). A
push token that its provider calls unregistered is marked -10 (4.2). A hard bounce or a spam report puts the address on
the app's suppression list (inferred).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

from fake_onesignal import message_kinds as kinds
from fake_onesignal.carrier import UNREGISTERED, Accepted, Bounced, Envelope, Gone, Outcome, Refused, Undelivered
from fake_onesignal.messages import NOTHING_MORE, Details, Happening
from fake_onesignal.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fake_onesignal.message_kinds import Channel
    from fake_onesignal.messages import Notification
    from fake_onesignal.records import Subscription, User
    from fake_onesignal.state import AppState, World

UNINSTALLED: Final = -10
SENDS_UNHEARD_OF: Final = 2
"""How many sends to an uninstalled app still count as successful (facts/onesignal-api.md 4.2)."""

Medium: TypeAlias = "Channel | Literal['live_activity']"
SENT: Final[dict[Medium, str]] = {
    "push": kinds.PUSH_SENT,
    "email": kinds.EMAIL_SENT,
    "sms": kinds.SMS_SENT,
    "live_activity": kinds.ACTIVITY_SENT,
}
FAILED: Final[dict[Medium, str]] = {
    "push": kinds.PUSH_FAILED,
    "email": kinds.EMAIL_FAILED,
    "sms": kinds.SMS_FAILED,
    "live_activity": kinds.ACTIVITY_FAILED,
}
ARRIVED: Final[dict[Medium, str]] = {
    "email": kinds.EMAIL_RECEIVED,
    "sms": kinds.SMS_DELIVERED,
    "live_activity": kinds.ACTIVITY_DELIVERED,
}
UNSUBSCRIBED: Final[dict[Medium, str]] = {
    "push": kinds.PUSH_UNSUBSCRIBED,
    "live_activity": kinds.ACTIVITY_UNSUBSCRIBED,
}


class Sending(Struct, frozen=True):
    """One message on its way to one subscription."""

    notification: Notification
    subscription: Subscription
    owner: User
    at: datetime

    @property
    def medium(self) -> Medium:
        """What decides which kinds of event there are."""
        draft = self.notification.draft
        return "live_activity" if draft.activity else draft.channel

    def happening(self, kind: str, details: Details = NOTHING_MORE) -> Happening:
        """Say that something happened here."""
        return Happening(
            kind=kind,
            at=self.at,
            message=self.notification,
            subscription=self.subscription,
            user=self.owner,
            details=details,
        )


def begin(
    world: World, state: AppState, notification: Notification, subscription_ids: Sequence[str]
) -> Iterator[Sending]:
    """Pick those whom a carrier may be asked to serve; write down the fate of the others."""
    at = world.now()
    for subscription_id in subscription_ids:
        subscription = state.subscriptions.get(subscription_id)
        if subscription is None:
            continue
        sending = Sending(notification, subscription, state.users[subscription.onesignal_id], at)
        if _is_servable(world, state, sending):
            yield sending


def _is_servable(world: World, state: AppState, sending: Sending) -> bool:
    subscription, draft, ledger = sending.subscription, sending.notification.draft, state.ledger
    if draft.channel == "email" and subscription.token in ledger.suppressed:
        ledger.write(sending.happening(kinds.EMAIL_SUPPRESSED), world.ids)
        return False
    if not (subscription.is_subscribed or (draft.channel == "email" and draft.includes_unsubscribed)):
        _leave_out(world, state, sending)
        return False
    if sending.medium == "push" and draft.is_capped and ledger.frequency.is_used_up(subscription.id, sending.at):
        ledger.count(sending.notification.id, subscription.type, "frequency_capped")
        return False
    return True


def _leave_out(world: World, state: AppState, sending: Sending) -> None:
    """Note somebody who turned out to be unsubscribed: an event where there is one for it, or else only a number."""
    kind = UNSUBSCRIBED.get(sending.medium)
    if kind is None:
        state.ledger.count(sending.notification.id, sending.subscription.type, "failed")
    else:
        state.ledger.write(sending.happening(kind), world.ids)


def envelope(state: AppState, sending: Sending) -> Envelope:
    """Make what the carrier gets; a running live activity has a token of its own at each device."""
    notification, subscription = sending.notification, sending.subscription
    draft = notification.draft
    return Envelope(
        app_id=notification.app_id,
        notification_id=notification.id,
        subscription_id=subscription.id,
        type=subscription.type,
        token=state.ledger.activities.token(draft.activity, subscription.id) or subscription.token,
        title=draft.title,
        contents=draft.contents,
        sent_at=sending.at,
        ttl_s=draft.ttl_s,
        collapse_id=draft.collapse_id,
        sdk=subscription.sdk,
    )


def conclude(world: World, state: AppState, sending: Sending, outcome: Outcome) -> None:
    """Write down what the carrier said."""
    if isinstance(outcome, Refused):
        _refused(world, state, sending, outcome.reason)
    elif isinstance(outcome, Gone) and sending.medium == "push":
        _gone(world, state, sending)
    else:
        state.ledger.unheard_of.pop(sending.subscription.id, None)
        _sent(world, state, sending)
        _arrived_or_not(world, state, sending, outcome)
    if sending.notification.draft.activity:
        state.ledger.activities.conclude(sending.notification.draft.activity, sending.subscription.id)


def _refused(world: World, state: AppState, sending: Sending, reason: str) -> None:
    medium, ledger = sending.medium, state.ledger
    if medium == "live_activity" and reason == UNREGISTERED:
        ledger.write(sending.happening(kinds.ACTIVITY_UNSUBSCRIBED), world.ids)
        ledger.activities.forget(sending.notification.draft.activity, sending.subscription.id)
        return
    ledger.write(sending.happening(FAILED[medium], Details(failure_reason=reason)), world.ids)
    if medium == "push" and reason == UNREGISTERED:
        _mark_uninstalled(state, sending)


def _gone(world: World, state: AppState, sending: Sending) -> None:
    """Send twice into the void; the third time the provider's word has come through."""
    unheard_of = state.ledger.unheard_of
    before = unheard_of.pop(sending.subscription.id, 0)
    if before < SENDS_UNHEARD_OF:
        unheard_of[sending.subscription.id] = before + 1
        _sent(world, state, sending)
        return
    _mark_uninstalled(state, sending)
    state.ledger.write(sending.happening(kinds.PUSH_UNSUBSCRIBED), world.ids)


def _sent(world: World, state: AppState, sending: Sending) -> None:
    state.ledger.write(sending.happening(SENT[sending.medium]), world.ids)
    if sending.medium == "push":
        state.ledger.frequency.note(sending.subscription.id, sending.at)


def _arrived_or_not(world: World, state: AppState, sending: Sending, outcome: Outcome) -> None:
    """Note what the providers of e-mail and SMS, and devices with a live activity, say after the sending."""
    medium, ledger = sending.medium, state.ledger
    if isinstance(outcome, Accepted) and outcome.delivered and medium in ARRIVED:
        ledger.write(sending.happening(ARRIVED[medium]), world.ids)
    if isinstance(outcome, Bounced) and medium == "email":
        ledger.suppressed[sending.subscription.token] = None
        ledger.write(sending.happening(kinds.EMAIL_BOUNCED), world.ids)
    if isinstance(outcome, Undelivered) and medium == "sms":
        ledger.write(sending.happening(kinds.SMS_UNDELIVERED), world.ids)


def _mark_uninstalled(state: AppState, sending: Sending) -> None:
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
