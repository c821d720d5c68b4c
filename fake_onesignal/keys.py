"""The app's API keys: made, listed, changed, rotated, deleted; each opens the app until then.

facts/onesignal-api.md 3 ("rich" keys, up to 16) and 8.3. The key that an app is born with is not in this list: it is
`App.rest_api_key`, as the keys before November 2024 are not listed either (inferred). The address lists are kept and
shown; nobody is turned away for an address, because in a simulation everyone calls from the same one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.key_errors import KeyRefusedError, TokenNotFoundError
from fake_onesignal.records import ApiKey, replace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_onesignal.state import AppState, World

KEYS_MAX: Final = 16


def create(world: World, state: AppState, settings: Mapping[str, Any]) -> ApiKey:
    """Make a key; its secret is in the answer and never shown again. A 17th is refused."""
    if len(state.keys) >= KEYS_MAX:
        raise KeyRefusedError
    now = world.unix_now()
    return _keep(state, ApiKey(id=world.ids(), secret=_new_secret(world), created_at=now, updated_at=now, **settings))


def update(world: World, state: AppState, key: ApiKey, changed: Mapping[str, Any]) -> ApiKey:
    """Change a key's name or addresses; its secret stays."""
    return _keep(state, replace(key, updated_at=world.unix_now(), **changed))


def rotate(world: World, state: AppState, key: ApiKey) -> ApiKey:
    """Give a key another secret; the old one opens nothing from now on."""
    return _keep(state, replace(key, secret=_new_secret(world), updated_at=world.unix_now()))


def delete(state: AppState, key: ApiKey) -> None:
    """Delete a key: it opens nothing from now on."""
    del state.keys[key.id]


def found(state: AppState, token_id: str) -> ApiKey:
    """Find a key by its id."""
    if token_id not in state.keys:
        raise TokenNotFoundError
    return state.keys[token_id]


def _keep(state: AppState, key: ApiKey) -> ApiKey:
    state.keys[key.id] = key
    return key


def _new_secret(world: World) -> str:
    return world.new_key("os_v2_app_fake")
