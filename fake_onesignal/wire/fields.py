"""What requests about messages have in common: the app's id, and fields that must have the right types."""

from __future__ import annotations

from typing import Any, TypeVar
from uuid import UUID

import msgspec

from fake_onesignal.errors import AppIdMissingError
from fake_onesignal.message_errors import AppIdFormatError, MessageFieldError
from fake_onesignal.wire.json import in_words

Parsed = TypeVar("Parsed")


def parse_app_id(sent: object) -> str:
    """Read the app id of a body or a query, in the form ids are kept in."""
    if not isinstance(sent, str) or not sent:
        raise AppIdMissingError
    try:
        return str(UUID(sent))
    except ValueError as error:
        raise AppIdFormatError from error


def typed(sent: dict[str, Any], type_: type[Parsed]) -> Parsed:
    """Read an object as a checked struct; 400 when a field has the wrong type."""
    try:
        return msgspec.convert(sent, type_)
    except msgspec.ValidationError as error:
        raise MessageFieldError(in_words(error)) from error
