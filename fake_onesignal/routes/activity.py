"""The audience activity of a message: ask for the file, then fetch it from the same fake."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import activity, history
from fake_onesignal.errors import AccessDeniedError
from fake_onesignal.message_errors import ExportDeniedError
from fake_onesignal.routes import asked
from fake_onesignal.wire.exports import not_ready
from fake_onesignal.wire.fields import parse_app_id
from fake_onesignal.wire.history import parse_history, render_history
from fake_onesignal.wire.json import answer

routes = Blueprint("activity", __name__)


@routes.post("/notifications/<notification_id>/export_events")
def export_events(notification_id: str) -> Response:
    """Begin an export: the URL of the file, on the host that was asked."""
    app_id = parse_app_id(request.args.get("app_id"))
    try:
        state = asked.app_with_key(app_id)
    except AccessDeniedError as error:
        raise ExportDeniedError from error
    file = activity.begin(asked.world(), state, notification_id.lower())
    return answer({"csv_file_url": request.host_url.rstrip("/") + file.path})


@routes.get("/csv_exports/<app_id>/events_audience-activity-<name>")
def fetch_activity(app_id: str, name: str) -> Response:
    """Fetch a finished file; until it is ready the storage knows no such key."""
    file = activity.ready(asked.world(), app_id, f"/csv_exports/{app_id}/events_audience-activity-{name}")
    if file is None:
        status = asked.world().profile.file_not_ready
        return Response(not_ready(status), status, content_type="application/xml")
    return Response(file.compressed(), content_type="application/gzip")


@routes.post("/notifications/<notification_id>/history")
def get_notification_history(notification_id: str) -> Response:
    """Begin a history: the URL of the file, on the host that was asked."""
    sent = asked.json_object()
    world, state = asked.world(), asked.app_with_key(parse_app_id(sent.get("app_id")))
    file = history.begin(world, state, notification_id.lower(), parse_history(sent))
    return answer(render_history(request.host_url.rstrip("/") + file.path), world.profile.history_accepted)


@routes.get("/message_histories/<app_id>/<name>")
def fetch_history(app_id: str, name: str) -> Response:
    """Fetch a finished history."""
    world = asked.world()
    file = history.ready(world, app_id, f"/message_histories/{app_id}/{name}")
    if file is None:
        status = world.profile.file_not_ready
        return Response(not_ready(status), status, content_type="application/xml")
    return Response(file.text(), content_type="text/csv")
