"""API keys, for the holder of the organization's key (facts/onesignal-api.md 2.2, 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from fake_onesignal import audit, auth, keys
from fake_onesignal.key_errors import KeyAppNotFoundError, OrganizationPermissionError
from fake_onesignal.routes import asked, audit_logs
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.keys import parse_key_settings, render_key, render_new_key

if TYPE_CHECKING:
    from fake_onesignal.records import ApiKey
    from fake_onesignal.state import AppState

routes = Blueprint("keys", __name__)


@routes.get("/apps/<app_id>/auth/tokens")
def view_keys(app_id: str) -> Response:
    """List the app's keys without their secrets."""
    return answer({"tokens": [render_key(key) for key in app_of_organization(app_id).keys.values()]})


@routes.post("/apps/<app_id>/auth/tokens")
def create_key(app_id: str) -> Response:
    """Make a key; the answer is the only one that shows its secret."""
    state = app_of_organization(app_id)
    key = keys.create(asked.world(), state, parse_key_settings(asked.json_object()))
    note("created", state, key)
    return answer(render_new_key(key))


@routes.patch("/apps/<app_id>/auth/tokens/<token_id>")
def update_key(app_id: str, token_id: str) -> Response:
    """Change a key's name or addresses."""
    state = app_of_organization(app_id)
    key = keys.found(state, token_id.lower())
    note("updated", state, keys.update(asked.world(), state, key, parse_key_settings(asked.json_object())))
    return answer({})


@routes.delete("/apps/<app_id>/auth/tokens/<token_id>")
def delete_key(app_id: str, token_id: str) -> Response:
    """Delete a key."""
    state = app_of_organization(app_id)
    key = keys.found(state, token_id.lower())
    keys.delete(state, key)
    note("deleted", state, key)
    return answer({})


@routes.post("/apps/<app_id>/auth/tokens/<token_id>/rotate")
def rotate_key(app_id: str, token_id: str) -> Response:
    """Give a key another secret."""
    state = app_of_organization(app_id)
    key = keys.rotate(asked.world(), state, keys.found(state, token_id.lower()))
    note("rotated", state, key)
    return answer(render_new_key(key))


def app_of_organization(app_id: str) -> AppState:
    """Open an app for its organization; a key of the app itself has no such permission."""
    world, authorization = asked.world(), asked.authorization()
    state = world.apps.get(auth.canonical_uuid(app_id))
    if state is not None and auth.opens(state, authorization):
        raise OrganizationPermissionError
    auth.open_organization(world, authorization)
    if state is None:
        raise KeyAppNotFoundError
    return state


def note(what: str, state: AppState, key: ApiKey) -> None:
    """Write the change of a key into the audit log."""
    audit_logs.note(f"api_key.{what}", state, audit.Target("api_key", key.id, key.name))
