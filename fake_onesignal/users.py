"""What can be done to a user: create or extend, change, tag, delete (facts/onesignal-api.md 4.3, 4.4)."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from sys import intern
from typing import TYPE_CHECKING, Any, Final

from fake_onesignal import aliases, subscriptions, tags
from fake_onesignal.filters import as_number
from fake_onesignal.people_errors import NothingToCreateError, SubscriptionInvalidError, UserApiMalformedError
from fake_onesignal.records import User, replace

if TYPE_CHECKING:
    from fake_onesignal.records import Purchase, Subscription
    from fake_onesignal.state import AppState, World
    from fake_onesignal.wire.people import DeltaFields, PropertyFields, SubscriptionFields, UserBody, UserUpdateBody

_PLAIN: Final = ("lat", "long", "first_active", "last_active", "ip", "test_user_name", "amount_spent")
_REPEATED: Final = ("language", "timezone_id", "country")


@dataclass(frozen=True, slots=True)
class Upserted:
    """What POST /users came to; `subscriptions` has the requested ones first, in the order of the request."""

    user: User
    subscriptions: tuple[Subscription, ...]
    is_new: bool
    is_changed: bool


def upsert(world: World, state: AppState, body: UserBody, *, by_sdk: bool) -> Upserted:
    """Create the user that the aliases and subscriptions describe, or extend the one they name."""
    wanted = body.subscriptions or []
    named = aliases.accepted(world, body.identity or {})
    if not named and not wanted:
        raise NothingToCreateError
    known = aliases.owner(state, named)
    before = checked(state, wanted)
    subscriptions.check_room(world, known, before)
    user = known or User(onesignal_id=world.ids(), first_active=world.unix_now(), last_active=world.unix_now())
    changed = described(state, user, body.properties)
    if by_sdk and known:
        changed["last_active"] = world.unix_now()
    user = aliases.claim(world, state, replace(user, **changed), named)
    put = [subscriptions.put(world, state, user, fields) for fields in wanted]
    subscriptions.evict(world, state, user.onesignal_id)
    user = state.users[user.onesignal_id]
    is_changed = user != known or any(old is not new for old, new in zip(before, put, strict=True))
    return Upserted(user, ordered(state, user, put), is_new=known is None, is_changed=is_changed)


def checked(state: AppState, wanted: list[SubscriptionFields]) -> list[Subscription | None]:
    """Find what exists of the wanted subscriptions; refuses the whole list when one could not be put."""
    if len(wanted) > subscriptions.PER_USER_MAX:
        raise SubscriptionInvalidError("A User may have at most 20 Subscriptions")
    existing = [subscriptions.meant(state, fields) for fields in wanted]
    claimed: dict[tuple[str, str], str] = {}
    for fields, old in zip(wanted, existing, strict=True):
        if not fields.token:
            continue
        type_ = old.type if old else subscriptions.canonical_type(fields.type or "")
        claimant = claimed.setdefault((type_, fields.token), old.id if old else "")
        if old is None:
            continue
        subscriptions.check_token(state, old, fields.token)
        if claimant != old.id:
            raise SubscriptionInvalidError("Token is already in use by another Subscription")
    return existing


def ordered(state: AppState, user: User, requested: list[Subscription]) -> tuple[Subscription, ...]:
    """Put the requested subscriptions first, in the order of the request: the web SDK reads them by index (1, 8)."""
    held = dict.fromkeys(user.subscription_ids)
    first = {one.id: None for one in requested if one.id in held}
    return tuple(state.subscriptions[subscription_id] for subscription_id in {**first, **held})


def update(world: World, state: AppState, user: User, body: UserUpdateBody, *, device_id: str | None) -> User:
    """Merge properties and add deltas; `device_id` is the subscription whose session the deltas belong to."""
    deltas = body.deltas
    changed = described(state, user, body.properties)
    if deltas is not None:
        changed |= bought(user, deltas)
    if deltas is not None or body.refresh_device_metadata:
        changed["last_active"] = world.unix_now()
    user = state.keep_user(replace(user, **changed))
    if deltas is not None and (deltas.session_time or deltas.session_count):
        held = user.subscription_ids
        device = device_id if device_id in held else next(iter(held), None)
        if device is not None:
            subscriptions.add_session(
                world,
                state,
                state.subscriptions[device],
                time_s=deltas.session_time or 0,
                count=deltas.session_count or 0,
            )
    return state.users[user.onesignal_id]


def described(state: AppState, user: User, fields: PropertyFields | None) -> dict[str, Any]:
    """Work out what a description of properties changes on a user."""
    if fields is None:
        return {}
    said: dict[str, Any] = {name: getattr(fields, name) for name in _PLAIN if getattr(fields, name) is not None}
    for name in _REPEATED:
        text = getattr(fields, name)
        if text is not None:
            said[name] = intern(text)
    if fields.tags is not None:
        said["tags"] = tags.merged(user.tags, fields.tags, state.app.plan)
    if fields.purchases is not None:
        said["purchases"] = tuple(fields.purchases)
    return said


def bought(user: User, deltas: DeltaFields) -> dict[str, Any]:
    """Work out what purchases and money spent add to a user; SDKs send the sum of the purchases along with them."""
    costs = sum(cost(one) for one in deltas.purchases or ())
    spent = costs if deltas.amount_spent is None else as_number(str(deltas.amount_spent))
    if spent is None or not isfinite(user.amount_spent + spent):
        raise UserApiMalformedError
    if not deltas.purchases and not spent:
        return {}
    return {
        "purchases": (*user.purchases, *(deltas.purchases or ())),
        "amount_spent": round(user.amount_spent + spent, 6),
    }


def cost(purchase: Purchase) -> float:
    """Give what a purchase came to; 400 when its amount is no number."""
    amount = as_number(purchase.amount)
    if amount is None or not isfinite(amount * purchase.count):
        raise UserApiMalformedError
    return amount * purchase.count


def delete(state: AppState, user: User) -> None:
    """Delete a user with all subscriptions and aliases."""
    state.forget_user(user)
