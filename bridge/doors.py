"""The doors: where OneSignal's event stream and Amplitude's cohort sync come in. A door never calls out."""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field
from functools import cache
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

import msgspec
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, RequestEntityTooLarge
from werkzeug.routing import BaseConverter, ValidationError

from bridge.cohort_batch import parse_add_or_remove, parse_create_list, parse_webhook
from bridge.errors import DoorError, TooLarge, Unauthorised, Unknown
from bridge.event_door import answer_event
from bridge.operations import add_operations
from bridge.source_event import parse_message_event
from bridge.streamed_event import parse_streamed_events

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from _typeshed.wsgi import StartResponse, WSGIEnvironment

    from bridge.cohort_changes import CohortChanges
    from bridge.cohort_pull import CohortPulls
    from bridge.custom_events import CustomEventFlow
    from bridge.message_events import MessageEvents

EVENT_BYTES_MAX = 1_000_000
COHORT_BYTES_MAX = 20_000_000
_WORLD = "bridge.doors"


@dataclass(frozen=True, slots=True)
class ConnectionDoors:
    """What stands behind the doors of one connection."""

    secret: str = field(repr=False)
    mapped_property: str
    message_events: MessageEvents
    cohort_changes: CohortChanges
    cohort_pulls: CohortPulls
    custom_events: CustomEventFlow


def answer_at_the_door(
    world: Mapping[str, ConnectionDoors], environ: WSGIEnvironment, start_response: StartResponse
) -> Iterable[bytes]:
    """Answer with the one Flask app, which knows no world but the one that travels with the request."""
    path = _encoded_path(environ)
    answered = answer_event(world, environ, start_response, path=path, limit_bytes=EVENT_BYTES_MAX)
    if answered is not None:
        return answered
    environ[_WORLD] = world
    environ["PATH_INFO"] = path
    return _app()(environ, start_response)


@cache
def _app() -> Flask:
    app = Flask("bridge", static_folder=None)
    app.config["PROVIDE_AUTOMATIC_OPTIONS"] = False
    app.url_map.merge_slashes = False
    app.url_map.converters["encoded"] = _Encoded
    base = "/connections/<encoded:connection>"
    for rule, view in (
        (f"{base}/message-events", _message_events),
        (f"{base}/cohorts/lists", _create_list),
        (f"{base}/cohorts/lists/<encoded:list_id>/add", _add),
        (f"{base}/cohorts/lists/<encoded:list_id>/remove", _remove),
        (f"{base}/cohorts/webhook", _cohort_webhook),
        (f"{base}/custom-events", _custom_events),
    ):
        app.add_url_rule(rule, view.__name__, view, methods=["POST"])
    add_operations(app)
    app.register_error_handler(DoorError, _render_door_error)
    app.register_error_handler(HTTPException, _render_http_error)
    return app


def _message_events(connection: str) -> Response:
    doors = _authorised(connection)
    event = parse_message_event(_body(EVENT_BYTES_MAX), doors.message_events.fields)
    return _render_accepted(1, doors.message_events.receive(event))


def _create_list(connection: str) -> Response:
    doors = _authorised(connection)
    list_name = parse_create_list(_body(COHORT_BYTES_MAX))
    return _render({"listId": doors.cohort_changes.open_list(list_name)})


def _add(connection: str, list_id: str) -> Response:
    doors = _authorised(connection)
    doors.cohort_changes.change_list(list_id, "add", parse_add_or_remove(_body(COHORT_BYTES_MAX)))
    return _render({})


def _remove(connection: str, list_id: str) -> Response:
    doors = _authorised(connection)
    doors.cohort_changes.change_list(list_id, "remove", parse_add_or_remove(_body(COHORT_BYTES_MAX)))
    return _render({})


def _cohort_webhook(connection: str) -> Response:
    doors = _authorised(connection)
    batch = parse_webhook(_body(COHORT_BYTES_MAX))
    return _render_accepted(len(batch.users), doors.cohort_changes.take_webhook(batch, doors.mapped_property))


def _custom_events(connection: str) -> Response:
    doors = _authorised(connection)
    events = parse_streamed_events(_body(EVENT_BYTES_MAX))
    return _render({"accepted": doors.custom_events.receive(events)})


def _authorised(connection: str) -> ConnectionDoors:
    world: Mapping[str, ConnectionDoors] = request.environ[_WORLD]
    doors = world.get(connection)
    if doors is None:
        raise Unknown("no such connection")
    scheme, _, secret = request.headers.get("Authorization", "").partition(" ")
    known = hmac.compare_digest(secret.strip().encode(), doors.secret.encode())
    if scheme.lower() != "bearer" or not known:
        raise Unauthorised
    return doors


def _body(limit_bytes: int) -> bytes:
    request.max_content_length = limit_bytes
    try:
        return request.get_data(cache=False)
    except RequestEntityTooLarge as error:
        raise TooLarge(limit_bytes) from error


def _render_accepted(accepted: int, ignored_because: str | None) -> Response:
    if ignored_because is None:
        return _render({"accepted": accepted})
    return _render({"accepted": 0, "reason": ignored_because})


def _render(body: object, status: int = HTTPStatus.OK) -> Response:
    return Response(msgspec.json.encode(body), status, mimetype="application/json")


def _render_door_error(error: DoorError) -> Response:
    response = _render({"error": str(error)}, error.status)
    if error.retry_after_s is not None:
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _render_http_error(error: HTTPException) -> Response:
    """Keep the status and its headers (a 405 names what is allowed), in our own envelope."""
    response = _render({"error": error.name}, error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    for name, value in error.get_headers():
        if name.lower() != "content-type":
            response.headers[name] = value
    return response


def _encoded_path(environ: WSGIEnvironment) -> str:
    """Answer the path as it was sent: an id may hold `%2F`, which is no slash."""
    sent = environ.get("REQUEST_URI") or environ.get("RAW_URI")
    if not sent:
        return quote(environ.get("PATH_INFO", "").encode("latin-1"))
    if sent.startswith("/"):
        return str(sent).partition("?")[0]
    return urlsplit(sent).path or "/"


class _Encoded(BaseConverter):
    """One path segment, decoded only after the path has been cut at its slashes."""

    part_isolating = True

    def to_python(self, value: str) -> str:
        try:
            return unquote(value, errors="strict")
        except UnicodeDecodeError as error:
            raise ValidationError from error
