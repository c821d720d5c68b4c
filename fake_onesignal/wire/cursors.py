"""Opaque cursors: a place in a list and what the list was asked for, as text that a caller sends back unread."""

from __future__ import annotations

import binascii
from base64 import urlsafe_b64decode, urlsafe_b64encode
from typing import TypeVar

import msgspec

LENGTH_MAX = 10_000
Place = TypeVar("Place")


def render_cursor(place: object) -> str:
    """Render a place."""
    return urlsafe_b64encode(msgspec.json.encode(place)).decode()


def parse_cursor(cursor: str, type_: type[Place]) -> Place:
    """Read a place back. Raises ValueError for text that never was a cursor."""
    try:
        return msgspec.json.decode(urlsafe_b64decode(cursor[:LENGTH_MAX].encode()), type=type_)
    except (binascii.Error, UnicodeError, msgspec.DecodeError, RecursionError) as error:
        raise ValueError("not a cursor") from error
