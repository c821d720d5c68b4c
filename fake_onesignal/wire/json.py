"""JSON bodies in and out: bytes to a checked struct or a plain object, and an answer to bytes."""

from __future__ import annotations

import re
from typing import Any, Final

import msgspec
from flask import Response

from fake_onesignal.errors import MalformedError

JSON = "application/json; charset=utf-8"
_AT: Final = re.compile(r"(.*) - at `\$\.?(.*)`", re.DOTALL)
_TYPES: Final = re.compile(r"\b([Ee]xpected|got) `([^`]+)`")
_NAMES: Final = {"str": "string", "int": "integer", "float": "number", "bool": "boolean"}


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


def in_words(error: msgspec.ValidationError | RecursionError) -> str:
    """Say what is wrong with which field: `ttl: expected integer, got string` (inferred)."""
    found = _AT.fullmatch(str(error))
    what, where = found.groups() if found else (str(error), "")
    told = _TYPES.sub(lambda types: f"{types[1].lower()} {_named(types[2])}", what).replace("`", "")
    return f"{where}: {told}" if where else told


def _named(types: str) -> str:
    return " or ".join(_NAMES.get(one, one) for one in types.split(" | ") if one != "null") or "null"


def answer(body: Any, status: int = 200) -> Response:
    """Make a JSON response."""
    return Response(msgspec.json.encode(body), status, content_type=JSON)
