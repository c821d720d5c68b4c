"""The JSON of users and subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from fake_onesignal.records import Subscription, User
    from fake_onesignal.state import AppState


def render_user(state: AppState, user: User) -> dict[str, Any]:
    """Render a whole user, keys in the order the service sends them (facts/onesignal-api.md 4.1)."""
    held = [state.subscriptions[subscription_id] for subscription_id in user.subscription_ids]
    return render_person(state.app.id, user, held)


def render_person(app_id: str, user: User, subscriptions: Iterable[Subscription]) -> dict[str, Any]:
    """Render a user with subscriptions in the order given."""
    return {
        "properties": render_properties(user),
        "identity": render_identity(user),
        "subscriptions": [render_subscription(app_id, subscription) for subscription in subscriptions],
    }


def render_identity(user: User) -> dict[str, str]:
    """Render all aliases of a user, the onesignal_id first."""
    return {"onesignal_id": user.onesignal_id, **user.aliases}


def render_properties(user: User) -> dict[str, Any]:
    """Render what is known of the user; unknown things are left out, never null (1, 5)."""
    properties: dict[str, Any] = {}
    if user.tags:
        properties["tags"] = user.tags
    for name in ("language", "timezone_id", "country", "lat", "long", "ip", "test_user_name", "amount_spent"):
        known = getattr(user, name)
        if known not in ("", None):
            properties[name] = known
    if user.purchases:
        properties["purchases"] = user.purchases
    properties["first_active"] = user.first_active
    properties["last_active"] = user.last_active
    return properties


def render_subscription(app_id: str, subscription: Subscription) -> dict[str, Any]:
    """Render a subscription with the service's zero values for what is unknown (4.1)."""
    return {
        "id": subscription.id,
        "app_id": app_id,
        "type": subscription.type,
        "token": subscription.token,
        "enabled": subscription.enabled,
        "notification_types": subscription.notification_types,
        "session_time": subscription.session_time,
        "session_count": subscription.session_count,
        "sdk": subscription.sdk,
        "device_model": subscription.device_model,
        "device_os": subscription.device_os,
        "rooted": subscription.rooted,
        "test_type": subscription.test_type,
        "app_version": subscription.app_version,
        "net_type": subscription.net_type,
        "carrier": subscription.carrier,
        "web_auth": subscription.web_auth,
        "web_p256": subscription.web_p256,
    }


def read_your_write(now: int) -> dict[str, Any]:
    """Render what SDKs send along with their next reads: this fake needs no time to see a write (10; values ours)."""
    return {"ryw_token": str(now), "ryw_delay": 0}
