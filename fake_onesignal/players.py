"""The 2022 API on today's users: every player is a subscription, and `external_user_id` decides whose it is.

Sources: facts/onesignal-api.md 3; facts/integration.md 4.2.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fake_onesignal import aliases, idleness, subscriptions, tags, users
from fake_onesignal.people_errors import PlayerNotFoundError, PlayerRefusedError
from fake_onesignal.records import User, replace
from fake_onesignal.wire.people import DeltaFields

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_onesignal.records import Purchase, Subscription
    from fake_onesignal.state import AppState, World
    from fake_onesignal.wire.people import Scalar
    from fake_onesignal.wire.players import PlayerUpdate


TEMPORARY_WEB_RECORD: Final = -20
"""With this a service worker asks whose a token is, and must not unsubscribe it (4.2, 10)."""

NOBODY: Final = User("", first_active=0, last_active=0)


def found(state: AppState, player_id: str) -> Subscription:
    """Find a player; 400 when there is none."""
    subscription = state.subscriptions.get(player_id.lower())
    if subscription is None:
        raise PlayerNotFoundError
    return subscription


def app_id_of(world: World, player_id: str) -> str:
    """Find the app that has a player; 400 when none has."""
    for state in world.apps.values():
        if player_id.lower() in state.subscriptions:
            return state.app.id
    raise PlayerNotFoundError


def add(world: World, state: AppState, said: PlayerUpdate) -> Subscription:
    """Make a player, or change the one that has the same identifier."""
    device = said.device
    if device.type is None:
        raise PlayerRefusedError("Device type is required")
    known = state.subscription_by_token(device.type, device.token or "")
    if known is not None and device.notification_types == TEMPORARY_WEB_RECORD:
        return known
    if known is not None:
        return change(world, state, known, said)
    if device.type in subscriptions.PROTECTED and not device.token:
        raise PlayerRefusedError("Identifier is required")
    check(world, state, destined(state, NOBODY, said.external_id), said)
    now = world.unix_now()
    anonymous = state.keep_user(User(onesignal_id=world.ids(), first_active=now, last_active=now))
    if device.session_count is None:
        device.session_count = 1
    return change(world, state, subscriptions.put(world, state, anonymous, device), said)


def change(world: World, state: AppState, subscription: Subscription, said: PlayerUpdate) -> Subscription:
    """Change a player's device, then whose it is, then what is known of that person."""
    changed = subscriptions.changes(world, state, subscription, said.device)
    check(world, state, destined(state, state.users[subscription.onesignal_id], said.external_id), said)
    seen = {"last_active": world.unix_now(), **changed, **said.extras}
    idleness.look_back_to(state, seen["last_active"])
    subscription = state.keep_subscription(replace(subscription, **seen))
    if said.external_id is not None:
        subscription = link(world, state, subscription, said.external_id)
    user = state.users[subscription.onesignal_id]
    properties = users.described(state, user, said.person)
    if said.tags is not None:
        properties["tags"] = tagged(state, user, said.tags)
    state.keep_user(replace(user, **properties))
    return subscription


def check(world: World, state: AppState, user: User | None, said: PlayerUpdate) -> None:
    """Refuse, before anything changes, tags that the person may not have and ids that nobody may."""
    if said.tags is not None:
        tagged(state, user or NOBODY, said.tags)
    if said.external_id in aliases.RESTRICTED or len(said.external_id or "") > world.profile.alias_length_max:
        raise PlayerRefusedError("external_user_id is restricted or too long")


def tagged(state: AppState, user: User, updates: dict[str, Scalar]) -> Mapping[str, str]:
    """Merge tags, refusing in the words of the 2022 API."""
    return tags.merged(user.tags, updates, state.app.plan, refusal=PlayerRefusedError)


def user_found(state: AppState, external_id: str) -> User:
    """Find the user with an external id; 400 when there is none."""
    user = state.user_by("external_id", external_id)
    if user is None:
        raise PlayerNotFoundError
    return user


def tag_user(state: AppState, user: User, updates: dict[str, Scalar]) -> User:
    """Change the tags of a user."""
    return state.keep_user(replace(user, tags=tagged(state, user, updates)))


def destined(state: AppState, owner: User, external_id: str | None) -> User | None:
    """Say whose a player shall be under an external id; None for a person who does not exist yet."""
    if external_id is None or (external_id and external_id in aliases.IGNORED):
        return owner
    known = state.user_by("external_id", external_id)
    if known is not None:
        return known
    return owner if owner.external_id is None else None


def link(world: World, state: AppState, subscription: Subscription, external_id: str) -> Subscription:
    """Give a player to the user with an external id, making the user when needed; "" makes it anonymous again."""
    owner = state.users[subscription.onesignal_id]
    target = destined(state, owner, external_id)
    if target is None:
        now = world.unix_now()
        target = state.keep_user(User(onesignal_id=world.ids(), first_active=now, last_active=now))
    if external_id:
        target = aliases.claim(world, state, target, {"external_id": external_id})
    subscriptions.move(world, state, subscription, target)
    return state.subscriptions[subscription.id]


def begin_session(world: World, state: AppState, subscription: Subscription, said: PlayerUpdate) -> None:
    """Note that a session began, and what the device says of itself."""
    record_activity(world, state, change(world, state, subscription, said), sessions=1)


def record_activity(
    world: World,
    state: AppState,
    subscription: Subscription,
    *,
    sessions: int = 0,
    time_s: int = 0,
    purchases: Sequence[Purchase] = (),
) -> None:
    """Note a session begun, time spent, or purchases made."""
    user = state.users[subscription.onesignal_id]
    bought = users.bought(user, DeltaFields(purchases=list(purchases)))
    subscriptions.add_session(world, state, subscription, time_s=time_s, count=sessions)
    user = state.users[subscription.onesignal_id]
    state.keep_user(replace(user, last_active=world.unix_now(), **bought))
