"""Users: create, view, update, delete. SDKs create, view and update (by onesignal_id) without a key."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import aliases, hot, users
from fake_onesignal.routes import asked
from fake_onesignal.wire import people
from fake_onesignal.wire.json import JSON, answer
from fake_onesignal.wire.users import read_your_write, render_properties, render_user

routes = Blueprint("users", __name__)


@routes.post("/apps/<app_id>/users")
def create_user(app_id: str) -> Response:
    """Create or extend a user: 201 new, 202 changed, 200 nothing to do (9)."""
    status, body = hot.create_user(asked.world(), app_id, asked.authorization(), asked.body())
    return Response(body, status, content_type=JSON)


@routes.get("/apps/<app_id>/users/by/<label>/<value>")
def view_user(app_id: str, label: str, value: str) -> Response:
    """View a user with properties, identity and subscriptions."""
    state = asked.app_of_user(app_id, label)
    asked.world().limits.spend_view(state.app, "users")
    return answer(render_user(state, aliases.found(state, label, value)))


@routes.patch("/apps/<app_id>/users/by/<label>/<value>")
def update_user(app_id: str, label: str, value: str) -> Response:
    """Merge properties and tags, add deltas: 202 with what is stored now."""
    world, state = asked.world(), asked.app_of_user(app_id, label)
    body = people.parse(people.USER_UPDATE, asked.body())
    user = aliases.found(state, label, value)
    world.limits.spend_update(state.app, user.onesignal_id)
    device_id = request.headers.get("OneSignal-Subscription-Id")
    user = users.update(world, state, user, body, device_id=device_id)
    shown = {"properties": render_properties(user)}
    return answer({**shown, **read_your_write(world.unix_now())} if asked.is_device() else shown, 202)


@routes.delete("/apps/<app_id>/users/by/<label>/<value>")
def delete_user(app_id: str, label: str, value: str) -> Response:
    """Delete a user with subscriptions and aliases: 202 with the identity it had, or as the profile says (9)."""
    world, state = asked.world(), asked.app_with_user_api_key(app_id)
    user = aliases.found(state, label, value)
    world.limits.spend_write(state.app)
    users.delete(state, user)
    profile = world.profile
    shown = {"identity": {"onesignal_id": user.onesignal_id}} if profile.user_deleted_shows_identity else {}
    return answer(shown, profile.user_deleted)
