"""Users: create, view, update, delete."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_onesignal.routes import asked
from fake_onesignal.users import found
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.users import render_user

routes = Blueprint("users", __name__)


@routes.get("/apps/<app_id>/users/by/<label>/<value>")
def view_user(app_id: str, label: str, value: str) -> Response:
    """One user with properties, identity and subscriptions; SDKs ask by onesignal_id without a key."""
    state = asked.app_with_key(app_id)
    return answer(render_user(state, found(state, label, value)))
