"""Everything OneSignal can refuse: one class per thing said, with its status and its exact body.

Raised deep, rendered once (`doors.py`). Flat texts are the envelope of most endpoints, `{code, title, meta}` objects
the one of users and subscriptions (facts/onesignal-api.md 8.2).
"""

from __future__ import annotations

from typing import Any, ClassVar

ACCESS_DENIED = (
    "Access denied.  Please include an 'Authorization: ...' header with a valid API key "
    "(https://documentation.onesignal.com/docs/en/keys-and-ids#api-keys)."
)


class OneSignalError(Exception):
    """A refusal in the vendor's words: `{"errors": [text, ...]}`."""

    status: ClassVar[int] = 400
    headers: tuple[tuple[str, str], ...] = ()

    def body(self) -> dict[str, Any]:
        """The JSON object to answer with."""
        return {"errors": list(self.args)}


class UnsuccessfulError(OneSignalError):
    """A flat refusal that also says `"success": false` (segments, legacy players)."""

    def body(self) -> dict[str, Any]:
        """The JSON object to answer with."""
        return {"success": False, "errors": list(self.args)}


class UserApiError(OneSignalError):
    """A refusal of the user API: one `{code, title, meta}` object; code and meta may be missing."""

    def __init__(self, title: str, *, code: str = "", meta: dict[str, Any] | None = None) -> None:
        super().__init__(title)
        self.error: dict[str, Any] = {"code": code, "title": title} if code else {"title": title}
        if meta is not None:
            self.error["meta"] = meta

    def body(self) -> dict[str, Any]:
        """The JSON object to answer with."""
        return {"errors": [self.error]}


# --- keys and apps -------------------------------------------------------------------------------------------


class AccessDeniedError(OneSignalError):
    """Raised when the key is wrong, or missing where one is needed (facts/onesignal-api.md 2.1)."""

    status = 403

    def __init__(self) -> None:
        super().__init__(ACCESS_DENIED)


class AuthorizationMissingError(UserApiError):
    """Raised when a call of the user API that is not SDK traffic has no Authorization (4.3)."""

    status = 401

    def __init__(self) -> None:
        super().__init__("This operation requires 'Authorization' in the HTTP header", code="auth-1")


class AppIdMissingError(OneSignalError):
    """Raised when there is no such app, or none is named (6.2)."""

    def __init__(self) -> None:
        super().__init__("app_id not found. You may be missing a Content-Type: application/json header.")

    def body(self) -> dict[str, Any]:
        """The JSON object to answer with."""
        return {"errors": list(self.args), "reference": ["https://documentation.onesignal.com/reference"]}


# --- any request ---------------------------------------------------------------------------------------------


class RouteNotFoundError(OneSignalError):
    """Raised when nothing lives at the path (text inferred)."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Not Found")


class BodyTooLargeError(OneSignalError):
    """Raised when the body is larger than this fake takes (limit and text inferred)."""

    status = 413

    def __init__(self) -> None:
        super().__init__("Request entity too large")


class MalformedError(OneSignalError):
    """Raised when the body is no JSON object (text inferred)."""

    def __init__(self) -> None:
        super().__init__("Request is malformed: Failed to parse the JSON body")


# --- users and subscriptions ---------------------------------------------------------------------------------


class UserNotFoundError(UserApiError):
    """Raised when no user has the alias (4.3)."""

    status = 404

    def __init__(self, label: str, value: str) -> None:
        if label == "onesignal_id":
            super().__init__(f"No aliases found for oneSignalID `{value}`")
        else:
            super().__init__(f"Given alias `({label}: {value})` doesn't match an existing user")
