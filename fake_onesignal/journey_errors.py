"""What OneSignal can refuse about journeys: the statuses are facts/onesignal-api.md 2.2, the texts (inferred)."""

from __future__ import annotations

from fake_onesignal.errors import OneSignalError


class JourneyNotFoundError(OneSignalError):
    """Raised when the app has no such journey."""

    status = 404
    text = "Journey not found"


class NodeNotFoundError(OneSignalError):
    """Raised when the journey has no such node."""

    status = 404
    text = "Node not found"


class JourneyRefusedError(OneSignalError):
    """Raised when a journey or a query is malformed."""


class JourneyChangedError(OneSignalError):
    """Raised when the journey was changed since the caller read it."""

    status = 409
    text = "The journey has been changed since it was read. Fetch it again and retry with its concurrency_key."


class JourneyStateError(OneSignalError):
    """Raised when a well-formed change is not possible in the journey's state."""

    status = 422
