"""The unsubscribe link of an e-mail, followed without any key: its token is all that is needed."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import unsubscribe_links
from fake_onesignal.routes import asked
from fake_onesignal.wire.json import answer

routes = Blueprint("unsubscribe", __name__)


@routes.post("/apps/<app_id>/notifications/<notification_id>/unsubscribe")
def unsubscribe_email_with_token(app_id: str, notification_id: str) -> Response:
    """Unsubscribe an address; the service says "true" as a text (facts/onesignal-api.md 8.3)."""
    world, state = asked.world(), asked.app_without_key(app_id)
    unsubscribe_links.follow(world, state, notification_id.lower(), request.args.get("token", ""))
    return answer({"success": "true" if world.profile.unsubscribed_says_text else True}, 202)
