"""What OneSignal can refuse of any request, of keys and of apps, and the three envelopes it refuses in.

Every thing it can say is one class with its exact status and body; `people_errors.py`, `segment_errors.py` and
`message_errors.py` hold those of one subject.

Raised deep, rendered once (`doors.py`). Flat texts are the envelope of most endpoints, `{code, title, meta}` objects
the one of users and subscriptions (facts/onesignal-api.md 8.2; the numbers below are sections of it).
"""

from __future__ import annotations

from typing import Any, ClassVar

ACCESS_DENIED = (
    "Access denied.  Please include an 'Authorization: ...' header with a valid API key "
    "(https://documentation.onesignal.com/docs/en/keys-and-ids#api-keys)."
)
NOT_IN_PLAN = "This API is not available for applications on your plan."


class OneSignalError(Exception):
    """A refusal in the vendor's words: `{"errors": [text]}`, where `text` is the class's own unless one is given."""

    status: ClassVar[int] = 400
    text: ClassVar[str] = ""
    is_silent: ClassVar[bool] = False
    """Whether the answer is an empty text/plain instead of an envelope."""

    headers: tuple[tuple[str, str], ...] = ()

    def __init__(self, *texts: str) -> None:
        super().__init__(*(texts or (self.text,)))

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"errors": list(self.args)}


class UnsuccessfulError(OneSignalError):
    """A flat refusal that also says `"success": false` (segments, templates)."""

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"success": False, "errors": list(self.args)}


class UserApiError(OneSignalError):
    """A refusal of the user API: one `{code, title, meta}` object; code and meta may be missing."""

    code: ClassVar[str] = ""

    def __init__(self, *texts: str, meta: dict[str, Any] | None = None) -> None:
        super().__init__(*texts)
        self.meta = meta

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        error: dict[str, Any] = {"code": self.code} if self.code else {}
        error["title"] = self.args[0]
        if self.meta is not None:
            error["meta"] = self.meta
        return {"errors": [error]}


# --- keys and apps -------------------------------------------------------------------------------------------


class AccessDeniedError(OneSignalError):
    """Raised when the key is wrong, or missing where one is needed (2.1)."""

    status = 403
    text = ACCESS_DENIED


class LegacyAccessDeniedError(AccessDeniedError):
    """Raised instead where a profile speaks as the service did in 2022; `key` is "REST API" or "User Auth" (3, 6.2)."""

    status = 400

    def __init__(self, key: str) -> None:
        name = key.upper().replace(" ", "-")
        super().__init__(
            f"Please include a case-sensitive header of Authorization: Basic <YOUR-{name}-KEY-HERE> with a valid "
            f"{key} key."
        )
        self.section = f"section-{key.lower().replace(' ', '-')}-key"

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        reference = f"https://documentation.onesignal.com/docs/accounts-and-keys#{self.section}"
        return {"errors": list(self.args), "reference": [reference]}


class AuthorizationMissingError(UserApiError):
    """Raised when a call of the user API that is not SDK traffic has no Authorization (4.3)."""

    status = 401
    code = "auth-1"
    text = "This operation requires 'Authorization' in the HTTP header"


class AuthorizationRefusedError(UserApiError):
    """Raised when a call is signed with a token whose time is over, or that must not be signed (text inferred)."""

    status = 401
    text = "The 'Authorization' in the HTTP header is not valid for this operation"


class AppIdMissingError(OneSignalError):
    """Raised when there is no such app, or none is named (6.2)."""

    text = "app_id not found. You may be missing a Content-Type: application/json header."

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"errors": list(self.args), "reference": ["https://documentation.onesignal.com/reference"]}


class AppIdUnparsedError(OneSignalError):
    """Raised when an export names no app (3)."""

    text = "Request is malformed: Failed to parse app_id from request"


class AppNotFoundError(OneSignalError):
    """Raised when the organization views an app that it does not have; in a profile a bare text says so (3)."""

    status = 404

    def __init__(self, app_id: str, *, as_text: bool) -> None:
        super().__init__(f"Couldn't find app with id = {app_id}")
        self.as_text = as_text

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"errors": self.args[0]} if self.as_text else super().body()


class AppToUpdateNotFoundError(OneSignalError):
    """Raised when the organization changes an app that it does not have (3)."""

    status = 404

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"status": 404, "error": "Not Found"}


class AppNameMissingError(OneSignalError):
    """Raised when an app has no name (3)."""

    text = "Name Enter an app name"


class AppRefusedError(OneSignalError):
    """Raised when something is said of an app's platforms that cannot be (text inferred)."""

    def __init__(self, field: str) -> None:
        super().__init__(f"{field.replace('_', ' ').capitalize()} is invalid")


class AppPermissionError(OneSignalError):
    """Raised when a key of an app, not the organization's, asks for apps; `what` the caller wanted (8.3)."""

    status = 403

    def __init__(self, what: str) -> None:
        super().__init__(f"You do not have permission to {what}.")


class AppsNotListableError(OneSignalError):
    """Raised when the organization has too many apps to list them (8.3)."""

    text = (
        "This API endpoint is disabled for organizations with over 1000 apps. Please contact support if you need "
        "access to this endpoint."
    )


class OrganizationUnknownError(OneSignalError):
    """Raised when an app shall belong to an organization that is not the key's (8.3)."""

    status = 404
    text = "Organization not found"


# --- any request ---------------------------------------------------------------------------------------------


class RouteNotFoundError(OneSignalError):
    """Raised when nothing lives at the path (text inferred)."""

    status = 404
    text = "Not Found"


class NotBuiltError(OneSignalError):
    """Raised when the service has the operation and this fake does not (ours)."""

    status = 501

    def __init__(self, operation: str, reason: str) -> None:
        super().__init__(f"fake_onesignal does not have the operation {operation}: {reason}")


class BodyTooLargeError(OneSignalError):
    """Raised when the body is larger than this fake takes (limit and text inferred)."""

    status = 413
    text = "Request entity too large"


class QueryRefusedError(OneSignalError):
    """Raised when a parameter of the query has the wrong form (text by analogy with the template list's, 4.4)."""


class MalformedError(OneSignalError):
    """Raised when the body is no JSON object (text inferred)."""

    text = "Request is malformed: Failed to parse the JSON body"


class RateLimitedError(OneSignalError):
    """Raised when a documented rate limit is used up (8.1).

    `limit` names it where the service does; `structured` answers as the docs' examples of the user API do.
    """

    status = 429
    text = "API rate limit exceeded"

    def __init__(self, retry_after_s: int, *, limit: str = "", structured: bool = False) -> None:
        super().__init__()
        self.limit = limit
        self.structured = structured
        self.headers = (("Retry-After", str(retry_after_s)),)

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        if self.structured:
            return {"errors": [{"code": "Rate Limit Exceeded", "title": self.args[0]}]}
        return {"errors": list(self.args), "limit": self.limit} if self.limit else {"errors": list(self.args)}
