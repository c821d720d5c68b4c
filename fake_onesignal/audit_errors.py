"""What OneSignal can refuse about audit logs (facts/onesignal-api.md 8.2)."""

from __future__ import annotations

from typing import Any

from fake_onesignal.errors import OneSignalError


class AuditQueryRefusedError(OneSignalError):
    """Raised when the time span, a filter or the cursor is malformed; the service gives no reason."""

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {}


class OrganizationNotFoundError(OneSignalError):
    """Raised when the key belongs to another organization than the one asked about."""

    status = 404
    text = "Organization not found"
