"""Reads the older ingestion paths: a form or a query string with one field that holds JSON (facts 1.5-1.8)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from flask import request

from fake_amplitude import errors
from fake_amplitude.text_errors import FormTooLarge, InvalidApiKeyText, MissingEvent, UrlTooLong
from fake_amplitude.wire.json_text import MALFORMED

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fake_amplitude.records import Project

SIZE_MAX = 1_048_576
URL_MAX = 8_192  # inferred: what a usual front server lets pass


def sent_form() -> Mapping[str, str]:
    """Answer the fields of the form or of the query string; raises `UrlTooLong` and `FormTooLarge`."""
    if len(request.query_string) > URL_MAX:
        raise UrlTooLong
    if (request.content_length or 0) > SIZE_MAX:
        raise FormTooLarge
    return request.values


def project_by(api_key: str | None, project_of: Callable[[str], Project]) -> Project:
    """Answer the project of a key; raises `InvalidApiKeyText`."""
    try:
        return project_of(api_key or "")
    except errors.InvalidApiKey as unknown:
        raise InvalidApiKeyText from unknown


def parse_objects(text: str | None, *, count_max: int) -> list[dict[str, Any]]:
    """Read an object or an array of them; raises `MissingEvent` and `FormTooLarge`."""
    if text is not None and len(text) > SIZE_MAX:
        raise FormTooLarge
    document = parse_json(text)
    found = document if isinstance(document, list) else [document]
    if len(found) > count_max:
        raise FormTooLarge
    if not all(isinstance(each, dict) for each in found):
        raise MissingEvent
    return found


def parse_json(text: str | None) -> Any:
    """Read JSON; raises `MissingEvent`."""
    try:
        return msgspec.json.decode(text or "")
    except MALFORMED as malformed:
        raise MissingEvent from malformed
