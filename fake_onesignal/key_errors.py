"""What OneSignal can refuse about API keys (facts/onesignal-api.md 8.2, 8.3)."""

from __future__ import annotations

from typing import Any

from fake_onesignal.errors import OneSignalError


class KeyAppNotFoundError(OneSignalError):
    """Raised when the app whose keys are meant does not exist."""

    status = 404
    text = "App not found"


class TokenNotFoundError(OneSignalError):
    """Raised when the app has no such key."""

    status = 404
    text = "Token not found"


class OrganizationPermissionError(OneSignalError):
    """Raised when a key that opens the app, but not the organization, shall manage keys (which key: inferred)."""

    status = 403
    text = "Current organization permissions do not allow this action."


class KeyRefusedError(OneSignalError):
    """Raised when a key's settings are malformed, or there are 16 already; the service gives no reason."""

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {}
