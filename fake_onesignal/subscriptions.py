"""What can be done to a subscription: create, change, move to another user, evict (facts/onesignal-api.md 4.1-4.4)."""

from __future__ import annotations

from sys import intern
from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.people_errors import (
    SubscriptionInvalidError,
    SubscriptionLimitError,
    SubscriptionNotFoundError,
)
from fake_onesignal.records import Subscription, User, replace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_onesignal.state import AppState, World
    from fake_onesignal.wire.people import SubscriptionFields

DEVICE_TYPES: Final = {
    "iOSPush": 0,
    "AndroidPush": 1,
    "FireOSPush": 2,
    "ChromeExtensionPush": 4,
    "ChromePush": 5,
    "WindowsPush": 6,
    "SafariLegacyPush": 7,
    "FirefoxPush": 8,
    "macOSPush": 9,
    "Email": 11,
    "HuaweiPush": 13,
    "SMS": 14,
    "SafariPush": 17,
}
CANONICAL_TYPES: Final = {type_.lower(): type_ for type_ in DEVICE_TYPES}
PER_USER_MAX: Final = 20
PROTECTED: Final = {"Email": 3, "SMS": 3}
DISABLED_BY_REST: Final = -31
_PLAIN: Final = ("session_time", "session_count", "rooted", "test_type", "net_type", "web_auth", "web_p256")
_REPEATED: Final = ("sdk", "device_model", "device_os", "app_version", "carrier")


def canonical_type(name: str) -> str:
    """Give a type in its own spelling, whatever the case it was sent in; 400 when there is none such."""
    type_ = CANONICAL_TYPES.get(name.lower())
    if type_ is None:
        raise SubscriptionInvalidError(f"Invalid subscription type: {name[:100]}")
    return type_


def found(state: AppState, subscription_id: str) -> Subscription:
    """Find a subscription; 404 when there is none."""
    subscription = state.subscriptions.get(subscription_id.lower())
    if subscription is None:
        raise SubscriptionNotFoundError
    return subscription


def meant(state: AppState, fields: SubscriptionFields) -> Subscription | None:
    """Find the existing subscription that a description means, by id or by token; None for a new one.

    Refuses, before anything changes, what could not be created either.
    """
    if fields.type is None:
        if fields.id is None:
            raise SubscriptionInvalidError("A Subscription requires a type")
        return found(state, fields.id)
    type_ = canonical_type(fields.type)
    if fields.id is not None and fields.id.lower() in state.subscriptions:
        return state.subscriptions[fields.id.lower()]
    if not fields.token and type_ in PROTECTED:
        raise SubscriptionInvalidError(f"A Subscription of type {type_} requires a token")
    return state.subscription_by_token(type_, fields.token or "")


def put(world: World, state: AppState, user: User, fields: SubscriptionFields) -> Subscription:
    """Give a user the described subscription: a new one, or an existing one, which keeps its id and changes owner."""
    existing = meant(state, fields)
    if existing is None:
        return state.keep_subscription(drafted(world, user, fields))
    previous_owner = existing.onesignal_id
    changed = replace(existing, onesignal_id=user.onesignal_id, **changes(world, state, existing, fields))
    if changed == existing:
        return existing
    state.keep_subscription(changed)
    state.forget_if_empty(previous_owner)
    return changed


def add(world: World, state: AppState, user: User, fields: SubscriptionFields) -> Subscription:
    """Give a user one described subscription, and keep the user at 20."""
    check_room(world, user, [meant(state, fields)])
    subscription = put(world, state, user, fields)
    evict(world, state, user.onesignal_id)
    return subscription


def drafted(world: World, user: User, fields: SubscriptionFields) -> Subscription:
    """Make the record of a new subscription."""
    now = world.unix_now()
    enabled = fields.enabled is not False
    return Subscription(
        id=world.ids(),
        onesignal_id=user.onesignal_id,
        type=canonical_type(fields.type or ""),
        token=fields.token or "",
        created_at=now,
        last_active=now,
        enabled=enabled,
        notification_types=default_notification_types(fields, enabled=enabled),
        unsubscribed_at=0 if enabled else now,
        **described(fields),
    )


def changes(world: World, state: AppState, old: Subscription, fields: SubscriptionFields) -> dict[str, Any]:
    """Work out what a description changes on an existing subscription; the type never changes."""
    changed = described(fields)
    if fields.token:
        check_token(state, old, fields.token)
        changed["token"] = fields.token
    if fields.enabled is not None or fields.notification_types is not None:
        enabled = old.enabled if fields.enabled is None else fields.enabled
        changed["enabled"] = enabled
        if fields.notification_types is not None:
            changed["notification_types"] = fields.notification_types
        elif enabled != old.enabled or enabled != (old.notification_types > 0):
            changed["notification_types"] = default_notification_types(fields, enabled=enabled)
    if old.is_subscribed and not replace(old, **changed).is_subscribed:
        changed["unsubscribed_at"] = world.unix_now()
    return changed


def check_token(state: AppState, subscription: Subscription, token: str) -> None:
    """Refuse to give a subscription the token, address or number of another one (inferred)."""
    holder = state.subscription_by_token(subscription.type, token)
    if holder is not None and holder.id != subscription.id:
        raise SubscriptionInvalidError("Token is already in use by another Subscription")


def change(world: World, state: AppState, subscription: Subscription, fields: SubscriptionFields) -> Subscription:
    """Change what a description says about an existing subscription."""
    return state.keep_subscription(replace(subscription, **changes(world, state, subscription, fields)))


def add_session(world: World, state: AppState, subscription: Subscription, *, time_s: int, count: int) -> Subscription:
    """Add session time and sessions; a session is activity, so it also dates the subscription's last one."""
    return state.keep_subscription(
        replace(
            subscription,
            session_time=subscription.session_time + time_s,
            session_count=subscription.session_count + count,
            last_active=world.unix_now(),
        )
    )


def default_notification_types(fields: SubscriptionFields, *, enabled: bool) -> int:
    """Give the status that was sent, else 1 when enabled and -31, "disabled via REST API", when not (4.2, inferred)."""
    if fields.notification_types is not None:
        return fields.notification_types
    return 1 if enabled else DISABLED_BY_REST


def described(fields: SubscriptionFields) -> dict[str, Any]:
    """Collect what a description says about the device; text that many devices share is kept once."""
    said: dict[str, Any] = {name: getattr(fields, name) for name in _PLAIN if getattr(fields, name) is not None}
    for name in _REPEATED:
        text = getattr(fields, name)
        if text:
            said[name] = intern(text)
    return said


def delete(state: AppState, subscription: Subscription) -> None:
    """Delete a subscription, and its user when nothing is left of it."""
    state.forget_subscription(subscription)
    state.forget_if_empty(subscription.onesignal_id)


def move(world: World, state: AppState, subscription: Subscription, user: User) -> Subscription:
    """Give a subscription to another user; the old owner disappears when nothing is left of it."""
    if subscription.onesignal_id == user.onesignal_id:
        return subscription
    check_room(world, user, [subscription])
    moved = state.keep_subscription(replace(subscription, onesignal_id=user.onesignal_id))
    state.forget_if_empty(subscription.onesignal_id)
    evict(world, state, user.onesignal_id)
    return moved


def check_room(world: World, user: User | None, arriving: Sequence[Subscription | None]) -> None:
    """Refuse a 21st subscription where the profile does not evict; `arriving` has None for each new one (9)."""
    if world.profile.evicts_subscriptions:
        return
    held = dict.fromkeys(user.subscription_ids if user else ())
    moving = {one.id: None for one in arriving if one is not None and one.id not in held}
    if len(held) + len(moving) + arriving.count(None) > PER_USER_MAX:
        raise SubscriptionLimitError


def evict(world: World, state: AppState, onesignal_id: str) -> None:
    """Keep a user at 20 subscriptions: the oldest by last session becomes a new anonymous user's (4.3).

    The last three e-mail addresses and the last three phone numbers are never taken.
    """
    while len(state.users[onesignal_id].subscription_ids) > PER_USER_MAX:
        held = [state.subscriptions[held_id] for held_id in state.users[onesignal_id].subscription_ids]
        oldest = min((one for one in held if may_leave(one, held)), key=lambda one: one.last_active)
        now = world.unix_now()
        orphan = state.keep_user(User(onesignal_id=world.ids(), first_active=now, last_active=oldest.last_active))
        state.keep_subscription(replace(oldest, onesignal_id=orphan.onesignal_id))


def may_leave(subscription: Subscription, held: Sequence[Subscription]) -> bool:
    """Say whether a subscription may be evicted from among the ones held."""
    protected = PROTECTED.get(subscription.type, 0)
    return sum(one.type == subscription.type for one in held) > protected
