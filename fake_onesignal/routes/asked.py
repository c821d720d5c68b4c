"""What the request being answered asks: its world, its app, its body, its query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, cast

from flask import request

from fake_onesignal import auth
from fake_onesignal.errors import QueryRefusedError
from fake_onesignal.identity_verification import is_jwt
from fake_onesignal.wire.json import parse_object

if TYPE_CHECKING:
    from flask import Response

    from fake_onesignal.state import AppState, World

WORLD: Final = "fake_onesignal.world"
NUMBER_LENGTH_MAX: Final = 10


def world() -> World:
    """Give the world that the request is for."""
    return cast("World", request.environ[WORLD])


def authorization() -> str | None:
    """Give the Authorization header as sent."""
    return request.headers.get("Authorization")


def app_with_key(app_id: str) -> AppState:
    """Open the app for a caller with its REST API key; 403 for anyone else."""
    return auth.open_app(world(), app_id, authorization())


def app_with_key_or_sdk(app_id: str) -> AppState:
    """Open the app for an SDK without any key or a caller with the right one."""
    return auth.open_app_to_sdk(world(), app_id, authorization())


def app_without_key(app_id: str) -> AppState:
    """Open the app for whoever holds a link; what else is sent does not matter."""
    return auth.open_app_to_sdk(world(), app_id, None)


def app_with_user_api_key(app_id: str) -> AppState:
    """Open the app for a call of the user API that needs a key: 401 without, 403 with a wrong one."""
    return auth.open_app_to_user_api(world(), app_id, authorization())


def app_of_person(app_id: str) -> AppState:
    """Open the app for a call about one user or subscription: an SDK's, signed where that is required, or the key's."""
    return auth.open_app_to_person(world(), app_id, authorization())


def app_of_device(app_id: str) -> AppState:
    """Open the app for a change of a subscription by its id: an SDK's, which is never signed, or the key's."""
    return auth.open_app_to_device(world(), app_id, authorization())


def app_of_any_device(app_id: str) -> AppState:
    """Open the app for a call about a subscription by its id that an SDK may sign or not, or for the key's."""
    return app_without_key(app_id) if is_device() else app_with_key(app_id)


def app_of_user(app_id: str, label: str) -> AppState:
    """Open the app for a call about a user by alias: SDKs ask by onesignal_id or signed, all others need a key."""
    if label == "onesignal_id" or is_jwt(authorization() or ""):
        return app_of_person(app_id)
    return app_with_user_api_key(app_id)


def is_device() -> bool:
    """Say whether the call comes from a device, which has no API key."""
    return auth.is_device(authorization())


def body() -> bytes:
    """Give the body's bytes; refused when too large."""
    return request.get_data(cache=False)


def json_object() -> dict[str, Any]:
    """Give the body as a plain JSON object, {} when empty."""
    return parse_object(body())


def number(name: str, *, default: int, maximum: int = 2**31 - 1) -> int:
    """Give a non-negative number of the query, at most `maximum`; refused when it is none."""
    text = request.args.get(name, "")
    if not text:
        return default
    if not (text.isascii() and text.isdigit() and len(text) <= NUMBER_LENGTH_MAX):
        raise QueryRefusedError(f"Invalid {name}")
    return min(int(text), maximum)


def marked_replay(response: Response, *, is_replay: bool) -> Response:
    """Mark an answer that repeats the first one of its idempotency key (facts/onesignal-api.md 2.1)."""
    if is_replay:
        response.headers["Idempotent-Replayed"] = "true"
    return response
