"""Live activities: start, update and end them with the key; devices say without one where they run."""

from __future__ import annotations

from flask import Blueprint, Response

from fake_onesignal import live_activities, notifications, subscriptions
from fake_onesignal.message_errors import ActivityNotFoundError
from fake_onesignal.routes import asked
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.live_activities import parse_start, parse_token, parse_update

routes = Blueprint("live_activities", __name__)


@routes.post("/apps/<app_id>/activities/activity/<activity_type>")
def start_live_activity(app_id: str, activity_type: str) -> Response:
    """Start an activity on every iOS device of an audience."""
    world, state = asked.world(), asked.app_with_key(app_id)
    draft = parse_start(asked.json_object(), activity_type, ids_max=world.profile.ids_max)
    world.limits.spend_message(state.app)
    sent = live_activities.start(world, state, draft)
    return asked.marked_replay(answer({"notification_id": sent.id}, 201), is_replay=sent.is_replay)


@routes.post("/apps/<app_id>/live_activities/<activity_id>/notifications")
def update_live_activity(app_id: str, activity_id: str) -> Response:
    """Update or end an activity wherever it runs."""
    world, state = asked.world(), asked.app_with_key(app_id)
    activity_type = state.ledger.activities.types.get(activity_id)
    if activity_type is None:
        raise ActivityNotFoundError
    draft = parse_update(asked.json_object(), activity_id, activity_type)
    world.limits.spend_message(state.app)
    return answer({"id": notifications.create(world, state, draft).id}, world.profile.live_activity_updated)


@routes.post("/apps/<app_id>/live_activities/<activity_id>/token")
def begin_live_activity(app_id: str, activity_id: str) -> Response:
    """Note that an activity runs on a device."""
    state = asked.app_with_key_or_sdk(app_id)
    subscription_id, push_token = parse_token(asked.json_object())
    state.ledger.activities.register(activity_id, subscriptions.found(state, subscription_id).id, push_token)
    return answer({"success": True})


@routes.delete("/apps/<app_id>/live_activities/<activity_id>/token/<subscription_id>")
def end_live_activity(app_id: str, activity_id: str, subscription_id: str) -> Response:
    """Note that an activity runs on a device no longer."""
    state = asked.app_with_key_or_sdk(app_id)
    if activity_id not in state.ledger.activities.types:
        raise ActivityNotFoundError
    state.ledger.activities.remove(activity_id, subscription_id.lower())
    return answer({"success": True})
