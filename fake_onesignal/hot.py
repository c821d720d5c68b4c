"""The one hot route, POST /apps/{app_id}/users, answered before Flask: the same parse, do and render.

Populations are built with it, one call a user. Anything unusual about a request is left to Flask (`answered` is None).
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

import msgspec
from werkzeug.http import HTTP_STATUS_CODES

from fake_onesignal import auth, users
from fake_onesignal.errors import OneSignalError
from fake_onesignal.wire import people
from fake_onesignal.wire.json import JSON
from fake_onesignal.wire.users import read_your_write, render_person

if TYPE_CHECKING:
    from collections.abc import Iterable
    from wsgiref.types import StartResponse, WSGIEnvironment

    from fake_onesignal.profiles import Profile
    from fake_onesignal.state import World
    from fake_onesignal.users import Upserted

BODY_BYTES_MAX: Final = 100_000
_PATH: Final = re.compile(r"/apps/([0-9a-f-]{36})/users")
_ENCODER: Final = msgspec.json.Encoder()


def create_user(world: World, app_id: str, authorization: str | None, body: bytes) -> tuple[int, bytes]:
    """Create or extend a user."""
    state = auth.open_app_to_person(world, app_id, authorization)
    world.limits.spend_write(state.app)
    by_sdk = auth.is_device(authorization)
    upserted = users.upsert(world, state, people.parse(people.USER, body), by_sdk=by_sdk)
    status = created_status(world.profile, upserted)
    shown = render_person(state.app.id, upserted.user, upserted.subscriptions)
    return status, _ENCODER.encode({**shown, **read_your_write(world.unix_now())} if by_sdk else shown)


def created_status(profile: Profile, upserted: Upserted) -> int:
    """Say what came of it: 201 new, 202 changed, 200 nothing to do, unless the profile says otherwise (9)."""
    if upserted.is_new:
        return profile.user_created
    return 202 if upserted.is_changed else profile.user_unchanged


def answered(
    world: World, environ: WSGIEnvironment, start_response: StartResponse, headers: Iterable[tuple[str, str]]
) -> Iterable[bytes] | None:
    """Answer a plain POST /apps/{app_id}/users; None for every other request."""
    matched = _PATH.fullmatch(environ["PATH_INFO"]) if environ["REQUEST_METHOD"] == "POST" else None
    length = environ.get("CONTENT_LENGTH") or ""
    if matched is None or not (length.isascii() and length.isdigit()) or int(length) > BODY_BYTES_MAX:
        return None
    body = environ["wsgi.input"].read(int(length))
    try:
        status, answer = create_user(world, matched[1], environ.get("HTTP_AUTHORIZATION"), body)
    except OneSignalError as error:
        status, answer = error.status, _ENCODER.encode(error.body())
        headers = (*headers, *error.headers)
    start_response(
        f"{status} {HTTP_STATUS_CODES[status].upper()}",
        [("Content-Type", JSON), ("Content-Length", str(len(answer))), *headers],
    )
    return (answer,)
