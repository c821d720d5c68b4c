"""The unsubscribe link of an e-mail: a token for one address in one message, which nobody else can make up.

The token is the subscription's id and a signature, so nothing has to be remembered between the sending and the click.
"""

from __future__ import annotations

import hmac
from hashlib import sha256
from typing import TYPE_CHECKING

from fake_onesignal import reports
from fake_onesignal.message_errors import NotificationNotFoundError, UnsubscribeTokenError
from fake_onesignal.message_kinds import BIT, EMAIL_SENT

if TYPE_CHECKING:
    from fake_onesignal.state import AppState, World


def link(world: World, notification_id: str, subscription_id: str) -> str:
    """Give the link in an e-mail that was sent. Raises NotificationNotFoundError when it was not."""
    state = reports.sender(world, notification_id)
    if not state.ledger.seen[notification_id].get(subscription_id, 0) & BIT[EMAIL_SENT]:
        raise NotificationNotFoundError
    token = f"{subscription_id}.{_signature(world, notification_id, subscription_id)}"
    return f"https://api.onesignal.com/apps/{state.app.id}/notifications/{notification_id}/unsubscribe?token={token}"


def follow(world: World, state: AppState, notification_id: str, token: str) -> None:
    """Unsubscribe whom the token names; following a link twice changes nothing."""
    subscription_id, _, signature = token.partition(".")
    if notification_id not in state.ledger.notifications:
        raise NotificationNotFoundError
    expected = _signature(world, notification_id, subscription_id)
    if not hmac.compare_digest(signature.encode(errors="replace"), expected.encode()):
        raise UnsubscribeTokenError
    reports.email_unsubscribed(world, notification_id, subscription_id)


def _signature(world: World, notification_id: str, subscription_id: str) -> str:
    signed = f"{notification_id}.{subscription_id}".encode(errors="replace")
    return hmac.new(world.organization.api_key.encode(), signed, sha256).hexdigest()
