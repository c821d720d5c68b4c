"""JSON bodies in and out: bytes to a checked struct or a plain object, and an answer to bytes."""

from __future__ import annotations

from typing import Any, TypeVar

import msgspec
from flask import Response

from fake_onesignal.errors import MalformedError

Parsed = TypeVar("Parsed")


def parse_object(body: bytes) -> dict[str, Any]:
    """The body as a plain JSON object; an empty body is an empty object."""
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
    """A JSON response."""
    return Response(msgspec.json.encode(body), status, content_type="application/json; charset=utf-8")
