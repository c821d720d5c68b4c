"""Custom events coming in: from the customer's server with its key, from SDKs without one."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import custom_events
from fake_onesignal.errors import AccessDeniedError
from fake_onesignal.message_errors import CustomEventsUnauthorizedError
from fake_onesignal.routes import asked
from fake_onesignal.wire.custom_events import parse_custom_events, render_unknown
from fake_onesignal.wire.json import answer

routes = Blueprint("custom_events", __name__)


@routes.post("/apps/<app_id>/custom_events")
def create_custom_events(app_id: str) -> Response:
    """Keep events; an SDK is known by its version, everyone else needs the key."""
    if not (asked.authorization() or request.headers.get("SDK-Version")):
        raise CustomEventsUnauthorizedError
    try:
        state = asked.app_of_person(app_id)
    except AccessDeniedError as error:
        raise CustomEventsUnauthorizedError from error
    world, drafts = asked.world(), parse_custom_events(asked.body())
    unknown = custom_events.record(world, state, drafts)
    return answer(render_unknown(unknown), world.profile.custom_events_accepted)
