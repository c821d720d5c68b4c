"""The one Flask app of all fakes: built once per process, it knows no world; the world comes with the request."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote, urlsplit

from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from fake_amplitude import errors
from fake_amplitude.auth import world
from fake_amplitude.operations import shape
from fake_amplitude.routes import (
    charts,
    cohorts,
    dashboard,
    deletions,
    ingestion,
    notes,
    profile,
    saved_charts,
    streaming,
    subject_access,
    taxonomy,
    user_charts,
    users,
)
from fake_amplitude.routes.unbuilt import unbuilt
from fake_amplitude.text_errors import FormTooLarge
from fake_amplitude.upload_door import CORS

if TYPE_CHECKING:
    from wsgiref.types import WSGIEnvironment

BLUEPRINTS = (
    ingestion,
    users,
    cohorts,
    dashboard,
    charts,
    user_charts,
    saved_charts,
    deletions,
    streaming,
    profile,
    taxonomy,
    notes,
    subject_access,
)
FORM_MAX = 1_048_576
BODY_MAX = 20 * 1_048_576


@cache
def flask_app() -> Flask:
    """Answer the app that every fake of this process answers with."""
    app = Flask("fake_amplitude", static_folder=None)
    app.config.update(PROPAGATE_EXCEPTIONS=True, MAX_FORM_MEMORY_SIZE=FORM_MAX, MAX_CONTENT_LENGTH=BODY_MAX)
    app.url_map.converters["encoded"] = _EncodedConverter
    app.url_map.merge_slashes = False
    for routes in BLUEPRINTS:
        app.register_blueprint(routes.blueprint)
    answered = {shape(method, rule.rule) for rule in app.url_map.iter_rules() for method in rule.methods or ()}
    app.register_blueprint(unbuilt(answered))
    app.register_error_handler(errors.AmplitudeError, _refused)
    app.register_error_handler(HTTPException, _unrouted)
    app.after_request(_with_cors)
    return app


def raw_path(environ: WSGIEnvironment) -> str:
    """Answer the path still percent-encoded, so that an encoded slash stays inside its id."""
    said = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if said is None:
        return quote(environ.get("PATH_INFO", "").encode("latin-1"), safe="/:@!$&'()*+,;=~")
    if not said.startswith("/"):
        said = urlsplit(said).path or "/"
    return quote(said.partition("?")[0].partition("#")[0].encode("latin-1", "replace"), safe="/%:@!$&'()*+,;=~")


class _EncodedConverter(BaseConverter):
    regex = "[^/]+"

    def to_python(self, value: str) -> Any:
        return unquote(value, errors="replace")


def _refused(error: errors.AmplitudeError) -> Response:
    return Response(error.body(), error.status, content_type=error.content_type)


def _unrouted(error: HTTPException) -> Response:
    is_rest = request.path.startswith("/api/")
    if isinstance(error, RequestEntityTooLarge):
        return _refused(errors.RestBodyTooLarge() if is_rest else FormTooLarge())
    if not is_rest:
        return _refused(errors.InvalidRequestPath())
    if isinstance(error, MethodNotAllowed):
        return _refused(errors.MethodNotAllowed(f"{request.method} is not answered here."))
    return _refused(errors.NotFound("No such path."))


def _with_cors(response: Response) -> Response:
    if not request.path.startswith("/api/"):
        response.headers.update(CORS)
        response.headers["Trace-Id"] = world().trace_id()
    return response
