"""What the older ingestion paths say instead of yes: bare words, as text (facts/amplitude-api.md 1.5-1.8)."""

# ruff: noqa: N818 - a refusal is named by what the vendor says, and `Error` is not part of it
from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from fake_amplitude.errors import AmplitudeError

if TYPE_CHECKING:
    from collections.abc import Iterable


class TextError(AmplitudeError):
    """Raised when `/identify`, `/groupidentify`, `/usermap`, `/attribution`, `/httpapi` or `/` refuses."""

    content_type = "text/html;charset=utf-8"
    words: ClassVar[bytes]

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return self.words


class MissingEvent(TextError):
    """Raised when the JSON of the form is absent or malformed."""

    words = b"missing_event"


class InvalidApiKeyText(TextError):
    """Raised when no project of this region has the key."""

    words = b"invalid_api_key"


class BadChecksum(TextError):
    """Raised when an SDK's form was changed on its way."""

    words = b"bad_checksum"


class InvalidEventField(TextError):
    """Raised when events of a legacy upload carry fields that are not usable; names the fields, not the events."""

    def __init__(self, fields: Iterable[str]) -> None:
        self._fields = ", ".join(fields)
        super().__init__(self._fields)

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return f"invalid_event_field. Invalid fields [{self._fields}]".encode()


class MissingGroupValue(TextError):
    """Raised when a group is identified without its value; in JSON, as a client has it (facts 1.6)."""

    content_type = "application/json"
    words = b'{"error":"Missing group_value"}'


class InvalidMapping(TextError):
    """Raised when a mapping lacks an id or leads back to its own user (inferred)."""

    words = b"invalid_mapping"


class FormTooLarge(TextError):
    """Raised when a form is over 1 MB or holds too many things."""

    status = 413
    words = b"payload_too_large"


class UrlTooLong(TextError):
    """Raised when a GET carries more than a URL can hold; the vendor advises POST (facts 1.5)."""

    status = 414
    words = b"request_uri_too_long"


class TooManyIdentifications(TextError):
    """Raised when users or devices are over their rate; the words are inferred."""

    status = 429
    words = b"too_many_requests_for_device"
