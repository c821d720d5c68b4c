"""Who is asking: every form of `Authorization` that the service takes (facts/onesignal-api.md 1, 8.3).

`Key X` is today's form, `Basic X` the old one with the raw key or base64 of `key:`, `Bearer X` that of older
clients; the scheme is case-insensitive. SDKs send none.
"""

from __future__ import annotations

import binascii
import hmac
from base64 import b64decode
from typing import TYPE_CHECKING
from uuid import UUID

from fake_onesignal.errors import (
    AccessDeniedError,
    AppIdMissingError,
    AuthorizationMissingError,
    AuthorizationRefusedError,
    LegacyAccessDeniedError,
)
from fake_onesignal.identity_verification import is_jwt, is_over

if TYPE_CHECKING:
    from fake_onesignal.state import AppState, World


def open_app(world: World, app_id: str, authorization: str | None) -> AppState:
    """Open the app for a caller who shows its REST API key; 403 for anyone else."""
    state = world.apps.get(canonical_uuid(app_id))
    if state is None or not opens(state, authorization):
        raise denied(world, "REST API")
    return state


def open_app_to_sdk(world: World, app_id: str, authorization: str | None) -> AppState:
    """Open the app for an SDK (which sends no key at all) or for a caller with the REST API key."""
    if authorization:
        return open_app(world, app_id, authorization)
    state = world.apps.get(canonical_uuid(app_id))
    if state is None:
        raise AppIdMissingError
    return state


def open_app_to_user_api(world: World, app_id: str, authorization: str | None) -> AppState:
    """Open the app for the calls of the user API that need a key: 401 auth-1 without one, 403 with a wrong one."""
    if not authorization:
        raise AuthorizationMissingError
    return open_app(world, app_id, authorization)


def open_app_to_person(world: World, app_id: str, authorization: str | None) -> AppState:
    """Open the app for calls about one user: an SDK's, signed when the app verifies identities, or the key's.

    Identity Verification answers unsigned calls 401 (facts/integration.md 6).
    """
    state = world.apps.get(canonical_uuid(app_id))
    if state is None or not state.settings.requires_jwt:
        return open_app_to_sdk(world, app_id, authorization)
    if not authorization:
        raise AuthorizationMissingError
    if not is_jwt(authorization):
        return open_app(world, app_id, authorization)
    if is_over(authorization, world.unix_now()):
        raise AuthorizationRefusedError
    return state


def open_app_to_device(world: World, app_id: str, authorization: str | None) -> AppState:
    """Open the app for calls about a subscription by its id, which SDKs never sign: 401 for one that is signed.

    The web SDK's own word for it is in its `updateSubscriptionById` (facts/onesignal-api.md 10).
    """
    if authorization and is_jwt(authorization):
        raise AuthorizationRefusedError
    return open_app_to_sdk(world, app_id, authorization)


def is_device(authorization: str | None) -> bool:
    """Say whether a call that got in came from a device, which has no API key."""
    return not authorization or is_jwt(authorization)


def opens(state: AppState, authorization: str | None) -> bool:
    """Whether the header shows the key that the app was born with, or one that was made since."""
    if shows_key(authorization, state.app.rest_api_key):
        return True
    return any(shows_key(authorization, key.secret) for key in state.keys.values())


def open_organization(world: World, authorization: str | None) -> None:
    """Pass a caller who shows the organization's key; 403 for anyone else."""
    if not shows_key(authorization, world.organization.api_key):
        raise denied(world, "User Auth")


def denied(world: World, key: str) -> AccessDeniedError:
    """Give the refusal of a wrong key, in the words of the profile (8.3)."""
    return LegacyAccessDeniedError(key) if world.profile.wrong_key_is_400 else AccessDeniedError()


def shows_key(authorization: str | None, key: str) -> bool:
    """Whether the header's value, in any accepted form, is this key."""
    scheme, _, shown = (authorization or "").strip().partition(" ")
    shown = shown.strip()
    if scheme.lower() not in {"key", "basic", "bearer"}:
        return False
    expected = key.encode()
    if hmac.compare_digest(shown.encode(errors="replace"), expected):
        return True
    return scheme.lower() == "basic" and hmac.compare_digest(_basic_user(shown), expected)


def canonical_uuid(text: str) -> str:
    """Give a UUID in the form ids are kept in; text that is none comes back as it was, to be found nowhere."""
    try:
        return str(UUID(text))
    except ValueError:
        return text


def _basic_user(encoded: str) -> bytes:
    try:
        user, _, _ = b64decode(encoded, validate=True).partition(b":")
    except (binascii.Error, ValueError):
        return b""
    return user
