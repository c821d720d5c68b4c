"""Everything that Amplitude can say instead of yes: one class each, with the exact status and body."""

# ruff: noqa: N818 - a refusal is named by what the vendor says, and `Error` is not part of it
from __future__ import annotations

import json
from typing import TYPE_CHECKING, ClassVar

import msgspec

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

Indexes = dict[str, list[int]]


class AmplitudeError(Exception):
    """Raised when a request is refused; the door renders it once."""

    status: ClassVar[int] = 400
    content_type: ClassVar[str] = "application/json"

    def body(self) -> bytes:
        """Answer the exact bytes that the vendor sends."""
        raise NotImplementedError


class IngestionError(AmplitudeError):
    """Raised when an upload is refused; the body's `code` is the status, always (facts/amplitude-api.md 7)."""

    words: ClassVar[str]

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return msgspec.json.encode({"code": self.status, "error": self.words, **self.details()})

    def details(self) -> dict[str, object]:
        """Answer what this refusal says beyond its words."""
        return {}


class InvalidRequestPath(IngestionError):
    """Raised when an ingestion host has no such path."""

    words = "Invalid request path"


class MissingRequestBody(IngestionError):
    """Raised when the body is empty."""

    words = "Missing request body"


class InvalidJsonRequestBody(IngestionError):
    """Raised when the body is not a JSON object, or is not announced as JSON."""

    words = "Invalid JSON request body"


class InvalidEventJson(IngestionError):
    """Raised when an event is not a JSON object."""

    words = "Invalid event JSON"


class InvalidIdentifier(IngestionError):
    """Raised when an id is on the list of invalid ids; names no event (facts/amplitude-api.md 2.2)."""

    words = "Invalid user_id or device_id"


class PayloadTooLarge(IngestionError):
    """Raised when a request is over 1 MB (20 MB for batch) or 2,000 events."""

    status = 413
    words = "Payload too large"


class InvalidApiKey(IngestionError):
    """Raised when no project of this region has the key."""

    def __init__(self, api_key: str) -> None:
        super().__init__("Invalid API key")
        self._api_key = api_key

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return msgspec.json.encode({"code": self.status, "error": f"Invalid API key: {self._api_key}"})


class MissingField(IngestionError):
    """Raised when the request has no `api_key` or no `events`; the code comes last, as observed."""

    words = "Request missing required field"

    def __init__(self, field: str) -> None:
        super().__init__(field)
        self._field = field

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return msgspec.json.encode({"error": self.words, "missing_field": self._field, "code": self.status})


class IndexedError(IngestionError):
    """Raised when some events spoil the whole request; names them by field and index."""

    indexes_key: ClassVar[str]

    def __init__(self, indexes: Indexes) -> None:
        super().__init__(indexes)
        self.indexes = indexes

    def first(self) -> IndexedError:
        """Answer the same refusal, naming the first event of each field only."""
        return type(self)({field: indexes[:1] for field, indexes in self.indexes.items()})

    def details(self) -> dict[str, object]:  # noqa: D102 - see IngestionError
        return {self.indexes_key: self.indexes}


class EventsWithMissingFields(IndexedError):
    """Raised when events lack their type or both ids."""

    words = "Request missing required field"
    indexes_key = "events_with_missing_fields"


class EventsWithInvalidFields(IndexedError):
    """Raised when events carry wrong types, an unusable time, or a reserved or blank type."""

    words = "Invalid field values on some events"
    indexes_key = "events_with_invalid_fields"


class EventsWithInvalidIdLengths(IndexedError):
    """Raised when ids are shorter than `min_id_length`; the indexes come before the words, as observed."""

    words = "Invalid id length for user_id or device_id"
    indexes_key = "events_with_invalid_id_lengths"

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return msgspec.json.encode({"code": self.status, self.indexes_key: self.indexes, "error": self.words})


class EventsSilenced(IngestionError):
    """Raised when an upload has events of a silenced device; the key order is the vendor's (facts 1.3)."""

    def __init__(self, devices: Sequence[str], events: Sequence[int]) -> None:
        super().__init__("Events silenced for device_id")
        self._devices, self._events = list(devices), list(events)

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        said = {
            "code": self.status,
            "eps_threshold": 100,
            "error": "Events silenced for device_id",
            "exceeded_daily_quota_devices": {},
            "silenced_devices": self._devices,
            "silenced_events": self._events,
            "throttled_devices": {},
            "throttled_events": [],
        }
        return msgspec.json.encode(said)


class TooManyRequestsForSome(IngestionError):
    """Raised when users or devices are over their rate or their daily quota."""

    status = 429
    words = "Too many requests for some devices and users"

    def __init__(
        self,
        *,
        eps_threshold: int,
        throttled: tuple[Mapping[str, int], Mapping[str, int]],
        exceeded: tuple[Mapping[str, int], Mapping[str, int]] | None,
        events: Sequence[int],
    ) -> None:
        super().__init__(self.words)
        self._said: dict[str, object] = {"eps_threshold": eps_threshold}
        self._said["throttled_devices"], self._said["throttled_users"] = throttled[1], throttled[0]
        if exceeded is not None:
            self._said["exceeded_daily_quota_users"] = exceeded[0]
            self._said["exceeded_daily_quota_devices"] = exceeded[1]
        self._said["throttled_events"] = list(events)

    def details(self) -> dict[str, object]:  # noqa: D102 - see IngestionError
        return self._said


class RestError(AmplitudeError):
    """Raised when a REST call is refused, in the envelope of `/api/...`.

    Whatever it is, it is an unspecified error of the type `unspecified`; the details say what is meant (1.12, 1.13).
    """

    content_type = "application/json; charset=utf-8"
    kind: ClassVar[str] = "unspecified"
    message: ClassVar[str] = "Unspecified Error"

    def __init__(self, details: str = "", **metadata: object) -> None:
        super().__init__(details or self.message)
        self._metadata: dict[str, object] = {"details": details, **metadata} if details else metadata

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        said = {
            "http_code": self.status,
            "type": self.kind,
            "message": self.message,
            "metadata": self._metadata,
        }
        return json.dumps({"error": said}).encode()


class InvalidRestRequest(RestError):
    """Raised when a parameter or a body of a REST call is not usable."""


class SomeIdsInvalid(RestError):
    """Raised when a cohort's members are to be changed, all or none, and nobody has some of the ids."""

    def __init__(self, cohort_id: str, skipped: Iterable[tuple[str, str, Sequence[str]]]) -> None:
        results = [
            {"skipped_ids": list(ids), "id_type": id_type, "operation": operation}
            for id_type, operation, ids in skipped
        ]
        super().__init__("Some ids are invalid.", cohort_id=cohort_id, memberships_result=results)


class Forbidden(RestError):
    """Raised when the key pair is missing, wrong, or of the other region (facts/amplitude-api.md 1.13).

    An unknown key and a wrong secret have words of their own, as a client reports from live use.
    """

    status = 403


class NotFound(RestError):
    """Raised when a REST path or the thing it names does not exist."""

    status = 404


class NoRawData(RestError):
    """Raised when an export has no event in its range."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Raw data files were not found.")


class RestBodyTooLarge(RestError):
    """Raised when a REST body is over what the door reads."""

    status = 413


class MethodNotAllowed(RestError):
    """Raised when a REST path exists, with other methods."""

    status = 405


class RateLimited(RestError):
    """Raised when a documented REST limit is passed; the details say which."""

    status = 429


class UnbuiltRest(RestError):
    """Raised when the vendor has this REST call and the simulator does not."""

    status = 501
    kind = "not_implemented"
    message = "The simulator does not build this call yet"


class LinkRefused(AmplitudeError):
    """Raised when a pre-signed link is over or was changed, in the words of the store that keeps the files."""

    status = 403
    content_type = "application/xml"

    def body(self) -> bytes:  # noqa: D102 - see AmplitudeError
        return b"<Error><Code>AccessDenied</Code><Message>Request has expired</Message></Error>"
