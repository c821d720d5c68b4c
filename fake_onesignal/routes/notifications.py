"""Messages: create, cancel, view, list, estimate; and what devices report of them, without a key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from fake_onesignal import notifications, reports
from fake_onesignal.audit import Target
from fake_onesignal.routes import asked, audit_logs
from fake_onesignal.targeting import estimate
from fake_onesignal.wire.cursors import render_cursor
from fake_onesignal.wire.fields import parse_app_id
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.message_views import (
    render_estimate,
    render_notification,
    render_notifications,
    render_sent,
)
from fake_onesignal.wire.notifications import (
    parse_estimate,
    parse_notification,
    parse_report,
    parse_time_offset,
)

if TYPE_CHECKING:
    from fake_onesignal.messages import Notification
    from fake_onesignal.state import AppState
    from fake_onesignal.wire.notifications import ReportBody

routes = Blueprint("notifications", __name__)

PAGE_MAX: Final = 50


@routes.post("/notifications")
def create_notification() -> Response:
    """Accept a message; it is sent later."""
    sent = asked.json_object()
    world = asked.world()
    state = _app_of_sender(parse_app_id(sent.get("app_id")), is_to_devices=bool(sent.get("include_player_ids")))
    draft = parse_notification(sent, world.profile)
    world.limits.spend_message(state.app)
    result = notifications.create(world, state, draft)
    if result.id and not result.is_replay:
        _note("sent", state, notifications.view(world, state, result.id))
    return asked.marked_replay(answer(render_sent(result, world.profile)), is_replay=result.is_replay)


def _app_of_sender(app_id: str, *, is_to_devices: bool) -> AppState:
    """Open the app for a caller with its key; for a message to devices by their ids, in a profile, for anybody."""
    if is_to_devices and not asked.world().profile.devices_need_key:
        return asked.app_with_key_or_sdk(app_id)
    return asked.app_with_key(app_id)


def _note(what: str, state: AppState, notification: Notification) -> None:
    """Write into the audit log what was done with a message, by whoever showed a key."""
    if asked.authorization():
        target = Target("notification", notification.id, notification.draft.name)
        audit_logs.note(f"notification.{what}", state, target)


@routes.post("/notifications/count-unsaved")
def estimate_recipients() -> Response:
    """Count those whom a message would reach."""
    sent = asked.json_object()
    state = asked.app_with_key(parse_app_id(sent.get("app_id")))
    world = asked.world()
    return answer(render_estimate(estimate(world, state, parse_estimate(sent, ids_max=world.profile.ids_max))))


@routes.get("/notifications")
def view_notifications() -> Response:
    """List the messages of the last 30 days: newest first by offset, or in the order of sending by cursor."""
    world, state = asked.world(), asked.app_with_key(parse_app_id(request.args.get("app_id")))
    limit = asked.number("limit", default=PAGE_MAX, maximum=PAGE_MAX)
    offset, kind = asked.number("offset", default=0), asked.number("kind", default=notifications.BY_API)
    wanted = notifications.Wanted(kind, request.args.get("template_id", ""))
    time_offset = request.args.get("time_offset", "")
    place: dict[str, int | str] = {"offset": offset}
    world.limits.spend_view(state.app, "notifications")
    if time_offset:
        page = notifications.browse_on(world, state, wanted, after=parse_time_offset(time_offset), limit=limit)
        place = {"time_offset": time_offset, "next_time_offset": render_cursor(page.next_cursor)}
    else:
        page = notifications.browse(world, state, wanted, offset=offset, limit=limit)
    return answer(render_notifications(state.ledger, page, world.profile, place=place, limit=limit))


@routes.get("/notifications/<notification_id>")
def view_notification(notification_id: str) -> Response:
    """Show one message with its statistics."""
    world, state = asked.world(), asked.app_with_key(parse_app_id(request.args.get("app_id")))
    world.limits.spend_view(state.app, "notifications")
    notification = notifications.view(world, state, notification_id.lower())
    return answer(render_notification(state.ledger, notification, world.profile))


@routes.delete("/notifications/<notification_id>")
def cancel_notification(notification_id: str) -> Response:
    """Cancel a message that is still queued."""
    world, app_id = asked.world(), parse_app_id(request.args.get("app_id"))
    is_to_one = notifications.is_to_one_device(world, app_id, notification_id.lower())
    state = _app_of_sender(app_id, is_to_devices=is_to_one)
    world.limits.spend_message(state.app)
    notification = notifications.view(world, state, notification_id.lower())
    if notifications.cancel(state, notification) is not notification:
        _note("canceled", state, notification)
    return answer({"success": True})


@routes.put("/notifications/<notification_id>")
def track_open(notification_id: str) -> Response:
    """Note that a push message was tapped."""
    state, report = _reported()
    notification = reports.sent_by(state, notification_id.lower())
    if report.opened:
        reports.push_opened(asked.world(), state, notification.id, report.subscription_id)
    return answer({"success": True})


@routes.put("/notifications/<notification_id>/report_received")
def confirm_delivery(notification_id: str) -> Response:
    """Note that a push message reached its device."""
    state, report = _reported()
    reports.push_received(asked.world(), state, notification_id.lower(), report.subscription_id)
    return answer({"success": True})


def _reported() -> tuple[AppState, ReportBody]:
    """Read what a device reports, and open its app."""
    sent = asked.json_object()
    state = asked.app_with_key_or_sdk(parse_app_id(sent.get("app_id")))
    return state, parse_report(sent)
