"""In-app messages: made in the dashboard, fetched and reported on by SDKs. Their events carry the name only."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_onesignal.message_errors import InAppMessageNotFoundError
from fake_onesignal.messages import NOTHING_MORE, Details, Happening, InAppMessage

if TYPE_CHECKING:
    from fake_onesignal.messages import MessageEvent
    from fake_onesignal.state import AppState, World


def create_in_app_message(world: World, state: AppState, *, name: str, **more: Any) -> InAppMessage:
    """Make a live in-app message of one variant, for everyone."""
    message = InAppMessage(
        id=world.ids(), app_id=state.app.id, variant_id=world.ids(), name=name, created_at=world.now(), **more
    )
    state.ledger.in_app_messages[message.id] = message
    return message


def in_app_message(state: AppState, message_id: str) -> InAppMessage:
    """Find an in-app message of the app; 404 for an unknown one."""
    message = state.ledger.in_app_messages.get(message_id)
    if message is None:
        raise InAppMessageNotFoundError
    return message


def note(
    world: World,
    state: AppState,
    kind: str,
    *,
    message: InAppMessage,
    subscription_id: str,
    details: Details = NOTHING_MORE,
) -> MessageEvent | None:
    """Write down that a message was shown, tapped or turned to a page. An unknown device changes nothing (inferred)."""
    subscription = state.subscriptions.get(subscription_id)
    if subscription is None:
        return None
    happening = Happening(
        kind=kind,
        at=world.now(),
        message=message,
        subscription=subscription,
        user=state.users[subscription.onesignal_id],
        details=details,
    )
    return state.ledger.write(happening, world.ids)
