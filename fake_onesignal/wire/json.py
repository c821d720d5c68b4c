"""JSON bodies in and out: bytes to a checked struct or a plain object, and an answer to bytes."""

from __future__ import annotations

from typing import Any

import msgspec
from flask import Response

from fake_onesignal.errors import MalformedError

JSON = "application/json; charset=utf-8"


def parse_object(body: bytes) -> dict[str, Any]:
    """Give the body as a plain JSON object; an empty body is an empty object."""
    if not body.strip():
        return {}
    try:
        parsed = msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MalformedError from error
    if not isinstance(parsed, dict):
        raise MalformedError
    return parsed


def answer(body: Any, status: int = 200) -> Response:
    """Make a JSON response."""
    return Response(msgspec.json.encode(body), status, content_type=JSON)
