"""In-app messages, as SDKs fetch and report them: without a key."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import aliases, in_app
from fake_onesignal.message_errors import InAppMessageNotFoundError
from fake_onesignal.message_kinds import IAM_CLICKED, IAM_IMPRESSION, IAM_PAGE_DISPLAYED
from fake_onesignal.messages import Details
from fake_onesignal.people_errors import SubscriptionNotFoundError
from fake_onesignal.routes import asked
from fake_onesignal.subscriptions import found
from fake_onesignal.wire.fields import parse_app_id
from fake_onesignal.wire.in_app import parse_in_app_report, render_html, render_in_app_messages
from fake_onesignal.wire.json import answer

routes = Blueprint("in_app", __name__)


@routes.get("/apps/<app_id>/subscriptions/<subscription_id>/iams")
def list_in_app_messages(app_id: str, subscription_id: str) -> Response:
    """List the app's in-app messages for one device."""
    state = asked.app_with_key_or_sdk(app_id)
    found(state, subscription_id)
    return answer(render_in_app_messages(state.ledger.in_app_messages.values()))


@routes.get("/apps/<app_id>/users/by/<label>/<value>/subscriptions/<subscription_id>/iams")
def list_in_app_messages_verified(app_id: str, label: str, value: str, subscription_id: str) -> Response:
    """List the app's in-app messages for one device of one user, as SDKs ask under Identity Verification."""
    state = asked.app_of_user(app_id, label)
    user = aliases.found(state, label, value)
    if found(state, subscription_id).onesignal_id != user.onesignal_id:
        raise SubscriptionNotFoundError
    return answer(render_in_app_messages(state.ledger.in_app_messages.values()))


@routes.get("/in_app_messages/<message_id>/variants/<variant_id>/html")
def in_app_message_html(message_id: str, variant_id: str) -> Response:
    """Give the content of a message."""
    state = asked.app_without_key(parse_app_id(request.args.get("app_id")))
    message = in_app.in_app_message(state, message_id)
    if variant_id != message.variant_id:
        raise InAppMessageNotFoundError
    return answer(render_html(message))


@routes.get("/in_app_messages/device_preview")
def in_app_message_preview() -> Response:
    """Give the content of a message that is tried out on a device; the preview's id is the message's (inferred)."""
    state = asked.app_without_key(parse_app_id(request.args.get("app_id")))
    return answer(render_html(in_app.in_app_message(state, request.args.get("preview_id", ""))))


@routes.post("/in_app_messages/<message_id>/impression")
def report_impression(message_id: str) -> Response:
    """Note that a message was shown."""
    return _report(message_id, IAM_IMPRESSION)


@routes.post("/in_app_messages/<message_id>/click")
def report_click(message_id: str) -> Response:
    """Note that something in a message was tapped."""
    return _report(message_id, IAM_CLICKED)


@routes.post("/in_app_messages/<message_id>/pageImpression")
def report_page(message_id: str) -> Response:
    """Note that a page of a message was shown."""
    return _report(message_id, IAM_PAGE_DISPLAYED)


def _report(message_id: str, kind: str) -> Response:
    sent = asked.json_object()
    state = asked.app_with_key_or_sdk(parse_app_id(sent.get("app_id")))
    report = parse_in_app_report(sent)
    message = in_app.in_app_message(state, message_id)
    details = Details(page_id=report.page_id or "", target_id=report.click_id or "")
    in_app.note(asked.world(), state, kind, message=message, subscription_id=report.player_id.lower(), details=details)
    return answer({"success": True})
