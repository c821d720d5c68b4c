"""What comes back after a message was sent: taps and receipts from devices, opens and clicks from mailboxes.

Devices report through the SDK's routes. E-mail has no public route: in reality a pixel, a redirect and the mailbox
provider's feedback; here they are verbs of the fake and (modelled). A report about a message that was never sent to
that subscription, or a repeated one where once is all there can be, changes nothing and is answered like any other
(inferred): an SDK that retries must not be counted twice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_onesignal.message_errors import NotificationNotFoundError
from fake_onesignal.message_kinds import (
    ACTIVITY_CLICKED,
    EMAIL_CLICKED,
    EMAIL_OPENED,
    EMAIL_SPAM,
    EMAIL_UNSUBSCRIBED,
    PUSH_CLICKED,
    PUSH_RECEIVED,
)
from fake_onesignal.messages import Happening
from fake_onesignal.plans import PLANS
from fake_onesignal.records import replace

if TYPE_CHECKING:
    from fake_onesignal.messages import MessageEvent, Notification
    from fake_onesignal.records import Subscription
    from fake_onesignal.state import AppState, World

UNSUBSCRIBED_BY_USER = -2


def push_opened(world: World, state: AppState, notification_id: str, subscription_id: str) -> MessageEvent | None:
    """Note the tap on a push message."""
    return _note(world, state, PUSH_CLICKED, (notification_id, subscription_id))


def push_received(world: World, state: AppState, notification_id: str, subscription_id: str) -> MessageEvent | None:
    """Note a confirmed delivery; a paid feature, on the Free plan nothing is counted (facts/onesignal-api.md 6.3).

    Safari cannot confirm, nor can Huawei for a message of the type `message` (facts/integration.md 2.6 B07). An SDK
    that reports is there, so whatever else keeps devices from confirming shows in reports that never come.
    """
    notification = sent_by(state, notification_id)
    if not PLANS[state.app.plan].is_paid or not _can_confirm(state, notification, subscription_id):
        return None
    return _note(world, state, PUSH_RECEIVED, (notification_id, subscription_id))


def live_activity_clicked(
    world: World, state: AppState, notification_id: str, subscription_id: str
) -> MessageEvent | None:
    """Note the tap on a live activity; every tap counts."""
    return _note(world, state, ACTIVITY_CLICKED, (notification_id, subscription_id))


def email_opened(world: World, notification_id: str, subscription_id: str) -> MessageEvent | None:
    """Note that an e-mail was opened; every opening counts, the first one as a unique one too."""
    return _note(world, sender(world, notification_id), EMAIL_OPENED, (notification_id, subscription_id))


def email_clicked(world: World, notification_id: str, subscription_id: str) -> MessageEvent | None:
    """Note a click on a link of an e-mail; every click counts, the first one as a unique one too."""
    return _note(world, sender(world, notification_id), EMAIL_CLICKED, (notification_id, subscription_id))


def email_unsubscribed(world: World, notification_id: str, subscription_id: str) -> MessageEvent | None:
    """Note that the reader followed the unsubscribe link: no more e-mail for this address."""
    state = sender(world, notification_id)
    event = _note(world, state, EMAIL_UNSUBSCRIBED, (notification_id, subscription_id))
    if event is not None:
        _unsubscribe(state, state.subscriptions[subscription_id], world.unix_now())
    return event


def email_reported_as_spam(world: World, notification_id: str, subscription_id: str) -> MessageEvent | None:
    """Note a complaint: the address goes on the suppression list."""
    state = sender(world, notification_id)
    event = _note(world, state, EMAIL_SPAM, (notification_id, subscription_id))
    if event is not None:
        state.ledger.suppressed[state.subscriptions[subscription_id].token] = None
    return event


def sender(world: World, notification_id: str) -> AppState:
    """Find the app that sent a message."""
    for state in world.apps.values():
        if notification_id in state.ledger.notifications:
            return state
    raise NotificationNotFoundError


def sent_by(state: AppState, notification_id: str) -> Notification:
    """Find a message that the app sent, however long ago."""
    notification = state.ledger.notifications.get(notification_id)
    if notification is None:
        raise NotificationNotFoundError
    return notification


def _can_confirm(state: AppState, notification: Notification, subscription_id: str) -> bool:
    subscription = state.subscriptions.get(subscription_id)
    if subscription is not None and subscription.type == "HuaweiPush":
        return not notification.draft.is_huawei_message
    return subscription is None or subscription.type not in {"SafariPush", "SafariLegacyPush"}


def _note(world: World, state: AppState, kind: str, where: tuple[str, str]) -> MessageEvent | None:
    notification_id, subscription_id = where
    notification = sent_by(state, notification_id)
    subscription = state.subscriptions.get(subscription_id)
    if subscription is None or not state.ledger.may_happen(kind, notification_id, subscription_id):
        return None
    happening = Happening(
        kind=kind,
        at=world.now(),
        message=notification,
        subscription=subscription,
        user=state.users[subscription.onesignal_id],
    )
    return state.ledger.write(happening, world.ids)


def _unsubscribe(state: AppState, subscription: Subscription, now: int) -> None:
    state.keep_subscription(
        replace(subscription, enabled=False, notification_types=UNSUBSCRIBED_BY_USER, unsubscribed_at=now)
    )
