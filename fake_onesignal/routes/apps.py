"""Apps, for the holder of the organization's key (facts/onesignal-api.md 3, 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from fake_onesignal import apps, auth
from fake_onesignal.audit import Target
from fake_onesignal.errors import (
    AccessDeniedError,
    AppNotFoundError,
    AppPermissionError,
    AppsNotListableError,
    AppToUpdateNotFoundError,
)
from fake_onesignal.routes import asked, audit_logs
from fake_onesignal.wire.apps import parse_app_changes, parse_new_app, render_app
from fake_onesignal.wire.json import answer

if TYPE_CHECKING:
    from fake_onesignal.state import AppState, World

routes = Blueprint("apps", __name__)
LISTABLE_APPS_MAX = 1_000


@routes.get("/apps")
def list_apps() -> Response:
    """List all apps as a bare array; refused when there are more than the service lists."""
    world = organization("list apps")
    if len(world.apps) > LISTABLE_APPS_MAX:
        raise AppsNotListableError
    return answer([render_app(state) for state in world.apps.values()])


@routes.post("/apps")
def create_app() -> Response:
    """Create an app; its REST API key is shown this once, as `basic_auth_key`."""
    world = organization("create apps")
    app = apps.create_app(world, **parse_new_app(asked.json_object(), world.organization.id))
    note("created", world.apps[app.id])
    return answer({**render_app(world.apps[app.id]), "basic_auth_key": app.rest_api_key})


@routes.get("/apps/<app_id>")
def view_app(app_id: str) -> Response:
    """View an app with its counts."""
    world = organization("view this app")
    state = world.apps.get(auth.canonical_uuid(app_id))
    if state is None:
        raise AppNotFoundError(app_id, as_text=world.profile.unknown_app_says_text)
    return answer(render_app(state))


@routes.put("/apps/<app_id>")
def update_app(app_id: str) -> Response:
    """Change an app's name, or what is said of its platforms."""
    world = organization("update this app")
    state = world.apps.get(auth.canonical_uuid(app_id))
    if state is None:
        raise AppToUpdateNotFoundError
    apps.update(world, state, parse_app_changes(asked.json_object(), world.organization.id))
    note("updated", state)
    return answer(render_app(state))


def organization(wanted: str) -> World:
    """Give the world to a caller with the organization's key; one with an app's key hears what it may not."""
    world, authorization = asked.world(), asked.authorization()
    try:
        auth.open_organization(world, authorization)
    except AccessDeniedError as error:
        if any(auth.opens(state, authorization) for state in world.apps.values()):
            raise AppPermissionError(wanted) from error
        raise
    return world


def note(what: str, state: AppState) -> None:
    """Write the change of an app into the audit log."""
    audit_logs.note(f"app.{what}", state, Target("app", state.app.id, state.app.name))
