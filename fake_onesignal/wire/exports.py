"""The JSON of CSV exports, and the XML that stands for a file that is not there."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any, Final

from fake_onesignal.errors import QueryRefusedError

NO_SUCH_KEY: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    "<Error><Code>NoSuchKey</Code><Message>The specified key does not exist.</Message></Error>"
)
ACCESS_DENIED: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>AccessDenied</Code><Message>Access Denied</Message></Error>'
)
SECONDS_LENGTH_MAX: Final = 12


def not_ready(status: int) -> str:
    """Give what the storage says of a file that is not there: 404, or 403 as in 2022 (3.1; the 403's text inferred)."""
    return ACCESS_DENIED if status == HTTPStatus.FORBIDDEN else NO_SUCH_KEY


def parse_export(body: dict[str, Any]) -> dict[str, Any]:
    """Read which subscriptions and columns are wanted; an empty body wants everyone."""
    sent = {name: value for name, value in body.items() if value is not None}
    extra_fields, segment_name = sent.get("extra_fields", []), sent.get("segment_name", "")
    since = str(sent.get("last_active_since", "") or "0")
    include = sent.get("include_unsubscribed", False)
    if not isinstance(extra_fields, list) or not all(isinstance(name, str) for name in extra_fields):
        raise QueryRefusedError("extra_fields must be an array of strings")
    if not isinstance(segment_name, str):
        raise QueryRefusedError("segment_name must be a string")
    if not (since.isascii() and since.isdigit() and len(since) <= SECONDS_LENGTH_MAX):
        raise QueryRefusedError("last_active_since must be a unix timestamp in seconds")
    return {
        "extra_fields": extra_fields,
        "active_since": int(since),
        "segment_name": segment_name,
        "include_unsubscribed": include is True or include == "true",
    }
