"""The way in: the raw path, the world that is asked, one Flask app for all worlds, and where refusals are rendered."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, unquote_to_bytes

from flask import Flask, Response
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge
from werkzeug.routing import BaseConverter

from fake_onesignal import hot
from fake_onesignal.errors import BodyTooLargeError, OneSignalError, RouteNotFoundError
from fake_onesignal.routes import BLUEPRINTS
from fake_onesignal.routes.asked import WORLD
from fake_onesignal.wire.json import answer

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from fake_onesignal.state import World

BODY_BYTES_MAX = 5_000_000
NOWHERE = "/nowhere"
LEGACY_ROOT = "/api/v1/"
CORS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE, OPTIONS",
    "Access-Control-Allow-Headers": (
        "*, Authorization, Content-Type, Accept, SDK-Version, SDK-Wrapper, OneSignal-Subscription-Id, "
        "OneSignal-Install-Id, OneSignal-RYW-Token, OneSignal-Session-Duration, OneSignal-Retry-Count"
    ),
    "Access-Control-Expose-Headers": "ETag, Idempotent-Replayed, OneSignal-Retry-Limit, Retry-After",
    "Access-Control-Max-Age": "7200",
}


def enter(world: World, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
    """Answer one request of one world; the whole request holds the world's lock."""
    environ["PATH_INFO"] = raw_path(environ)
    environ["SCRIPT_NAME"] = ""
    environ[WORLD] = world
    with world.lock:
        hot_answer = hot.answered(world, environ, start_response, CORS.items())
        if hot_answer is not None:
            return hot_answer
        return doors()(environ, start_response)


def raw_path(environ: WSGIEnvironment) -> str:
    """Give the path as it was sent, still percent-encoded, without the legacy root `/api/v1` (1, 2.1).

    A slash too many before the first word, as clients send it whose base URL ends with one, is let pass (inferred).
    """
    sent = environ.get("REQUEST_URI") or environ.get("RAW_URI") or ""
    path = sent.partition("?")[0] or quote(environ.get("PATH_INFO", "").encode("latin-1", "replace"))
    if not path.startswith("/"):
        path = "/" + path.partition("://")[2].partition("/")[2]
    if not _is_text(path):
        return NOWHERE
    path = "/" + path.lstrip("/")
    return "/" + path.removeprefix(LEGACY_ROOT).lstrip("/") if path.startswith(LEGACY_ROOT) else path


def _is_text(path: str) -> bool:
    """Say whether a path decodes: one that is no UTF-8 leads nowhere, by no method."""
    try:
        return "%" not in path or bool(unquote_to_bytes(path).decode())
    except UnicodeDecodeError:
        return False


class Unquoted(BaseConverter):
    """A path segment that may hold encoded slashes."""

    def to_python(self, value: str) -> str:
        """Give the segment as the caller meant it."""
        return unquote(value)


@cache
def doors() -> Flask:
    """Build the one Flask app, which knows no world."""
    app = Flask("fake_onesignal", static_folder=None)
    app.config.update(MAX_CONTENT_LENGTH=BODY_BYTES_MAX, PROPAGATE_EXCEPTIONS=True)
    app.url_map.converters["default"] = Unquoted
    app.url_map.merge_slashes = False
    app.url_map.strict_slashes = False
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
    app.register_error_handler(OneSignalError, refuse)
    app.register_error_handler(HTTPException, refuse_before_routing)
    app.after_request(allow_every_origin)
    return app


def refuse(error: OneSignalError) -> Response:
    """Render a refusal: its body, its status, its headers."""
    silence = Response("", error.status, content_type="text/plain")
    response = silence if error.is_silent else answer(error.body(), error.status)
    response.headers.extend(error.headers)
    return response


def refuse_before_routing(error: HTTPException) -> Response:
    """Put what werkzeug found out (no route, wrong method, too large) into the vendor's envelope."""
    if isinstance(error, RequestEntityTooLarge):
        return refuse(BodyTooLargeError())
    if isinstance(error, MethodNotAllowed):
        response = answer({"errors": ["Method Not Allowed"]}, 405)
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
        return response
    return refuse(RouteNotFoundError())


def allow_every_origin(response: Response) -> Response:
    """Let a web page call the fake as web SDKs call the service (10)."""
    response.headers.extend(CORS)
    return response
