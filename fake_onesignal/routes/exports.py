"""CSV exports: ask for one, then fetch the file from the same fake."""

from __future__ import annotations

from flask import Blueprint, Response, request

from fake_onesignal import exports
from fake_onesignal.errors import AppIdUnparsedError
from fake_onesignal.routes import asked
from fake_onesignal.wire.exports import not_ready, parse_export
from fake_onesignal.wire.fields import parse_app_id
from fake_onesignal.wire.json import answer

routes = Blueprint("exports", __name__)


@routes.post("/players/csv_export")
def export_csv() -> Response:
    """Begin an export: the URL of the file, on the host that was asked."""
    app_id = request.args.get("app_id")
    if not app_id:
        raise AppIdUnparsedError
    state = asked.app_with_key(parse_app_id(app_id))
    export = exports.begin(asked.world(), state, **parse_export(asked.json_object()))
    return answer({"csv_file_url": request.host_url.rstrip("/") + export.path})


@routes.get("/csv_exports/<app_id>/<file>")
def fetch_csv(app_id: str, file: str) -> Response:
    """Fetch a finished file; whoever knows the URL may, and until it is ready the storage knows no such key."""
    world = asked.world()
    state = world.apps.get(app_id)
    export = None if state is None else exports.ready(world, state, f"/csv_exports/{app_id}/{file}")
    if export is None:
        status = world.profile.file_not_ready
        return Response(not_ready(status), status, content_type="application/xml")
    return Response(exports.compressed(world.profile, export), content_type="application/gzip")
