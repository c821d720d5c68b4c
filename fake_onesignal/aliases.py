"""What aliases may be, and whose they are (facts/onesignal-api.md 4.1, 4.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from uuid import UUID

from fake_onesignal.people_errors import (
    AliasClaimedError,
    AliasInvalidError,
    AliasNotFoundError,
    InvalidUuidError,
    RestrictedIdError,
    UserNotFoundError,
)
from fake_onesignal.records import replace

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from fake_onesignal.records import User
    from fake_onesignal.state import AppState, World

RESTRICTED: Final = frozenset({"null", "NULL", "NA", "undefined", "0", "-1", "all"})
IGNORED: Final = frozenset({"", "1"})
OWN_LABELS: Final = frozenset({"external_id", "onesignal_id"})


def found(state: AppState, label: str, value: str) -> User:
    """Find the user that an alias names; 400 for a malformed onesignal_id, 404 when there is none."""
    if label == "onesignal_id":
        value = checked_uuid(value)
    user = state.user_by(label, value)
    if user is None:
        raise UserNotFoundError(label, value)
    return user


def accepted(world: World, identity: Mapping[str, str]) -> dict[str, str]:
    """Give the aliases that the service would keep: restricted ids are refused, "1" and "" silently not set."""
    length_max = world.profile.alias_length_max
    aliases = {}
    for label, value in identity.items():
        if label == "onesignal_id":
            aliases[label] = checked_uuid(value)
            continue
        if label == "external_id":
            if value in RESTRICTED:
                raise RestrictedIdError(meta={"external_id": value})
            if value in IGNORED:
                continue
        if not label or not value or max(len(label), len(value)) > length_max:
            raise AliasInvalidError(f"Alias labels and ids must have between 1 and {length_max} characters")
        aliases[label] = value
    check_number(world, aliases)
    return aliases


def check_number(world: World, aliases: Iterable[str]) -> None:
    """Refuse more custom aliases than a user may have, given the labels of all."""
    if len(set(aliases) - OWN_LABELS) > world.profile.custom_aliases_max:
        raise AliasInvalidError(f"A User may have at most {world.profile.custom_aliases_max} custom Aliases")


def owner(state: AppState, aliases: Mapping[str, str]) -> User | None:
    """Find the one user whom all known aliases name; 409 when they name several."""
    owners: dict[str, dict[str, str]] = {}
    for label, value in aliases.items():
        user = state.user_by(label, value)
        if user is not None:
            owners.setdefault(user.onesignal_id, {})[label] = value
        elif label == "onesignal_id":
            raise UserNotFoundError(label, value)
    if len(owners) > 1:
        claimed = {label: value for claims in owners.values() for label, value in claims.items()}
        raise AliasClaimedError(meta={"conflicting_aliases": claimed})
    return next((state.users[onesignal_id] for onesignal_id in owners), None)


def claim(world: World, state: AppState, user: User, identity: Mapping[str, str]) -> User:
    """Give a user further aliases, replacing those of the same label; 409 when another user has one."""
    aliases = {label: value for label, value in accepted(world, identity).items() if label != "onesignal_id"}
    taken = {
        label: value
        for label, value in aliases.items()
        if state.aliases.get(label, {}).get(value, user.onesignal_id) != user.onesignal_id
    }
    if taken:
        raise AliasClaimedError(meta=taken)
    merged = {**user.aliases, **aliases}
    check_number(world, merged)
    return state.keep_user(replace(user, aliases=merged))


def drop(state: AppState, user: User, label: str) -> User:
    """Take an alias away; 404 when the user has none of that label. A user with nothing left disappears."""
    if label not in user.aliases:
        raise AliasNotFoundError(label)
    kept = {kept: value for kept, value in user.aliases.items() if kept != label}
    user = state.keep_user(replace(user, aliases=kept))
    state.forget_if_empty(user.onesignal_id)
    return user


def checked_uuid(value: str) -> str:
    """Give an onesignal_id in the form it is kept in; 400 when it is no UUID."""
    try:
        return str(UUID(value))
    except ValueError as error:
        raise InvalidUuidError(meta={"onesignal_id": value}) from error
