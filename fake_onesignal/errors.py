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
        """Give the JSON object to answer with."""
        return {"errors": list(self.args)}


class UnsuccessfulError(OneSignalError):
    """A flat refusal that also says `"success": false` (segments, legacy players)."""

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"success": False, "errors": list(self.args)}


class UserApiError(OneSignalError):
    """A refusal of the user API: one `{code, title, meta}` object; code and meta may be missing."""

    def __init__(self, title: str, *, code: str = "", meta: dict[str, Any] | None = None) -> None:
        super().__init__(title)
        self.error: dict[str, Any] = {"code": code, "title": title} if code else {"title": title}
        if meta is not None:
            self.error["meta"] = meta

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
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
        """Give the JSON object to answer with."""
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


class QueryRefusedError(OneSignalError):
    """Raised when a parameter of the query has the wrong form (text by analogy with the template list's, 4.4)."""


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


class UserApiMalformedError(UserApiError):
    """Raised when a body of the user API is no JSON object of the right shape (text inferred)."""

    def __init__(self) -> None:
        super().__init__("Request body is malformed")


class FieldTypeError(UserApiError):
    """Raised when a field has the wrong type (4.3)."""

    def __init__(self, field: str, expected: str, received: str) -> None:
        super().__init__(
            f"Field {field} was expecting value of type '{expected}', received value of type '{received}' instead"
        )


class NothingToCreateError(UserApiError):
    """Raised when a user would have neither alias nor subscription (4.3)."""

    def __init__(self) -> None:
        super().__init__("Creating a User requires at least one Alias or Subscription", code="user-3")


class AliasClaimedError(UserApiError):
    """Raised when an alias belongs to another user (4.3)."""

    status = 409

    def __init__(self, claimed: dict[str, str]) -> None:
        super().__init__("One or more Aliases claimed by another User", code="user-2", meta=claimed)


class ConflictingAliasesError(UserApiError):
    """Raised when the aliases of one POST /users belong to different users (4.3)."""

    status = 409

    def __init__(self, claimed: dict[str, str]) -> None:
        super().__init__(
            "One or more Aliases claimed by another User", code="user-2", meta={"conflicting_aliases": claimed}
        )


class InvalidUuidError(UserApiError):
    """Raised when an onesignal_id is no UUID (4.3)."""

    def __init__(self, value: str) -> None:
        super().__init__("Invalid UUID", code="request-1", meta={"onesignal_id": value})


class RestrictedIdError(UserApiError):
    """Raised when an external_id is one of the restricted ones (4.1; text inferred)."""

    def __init__(self, value: str) -> None:
        super().__init__("External ID is restricted", meta={"external_id": value})


class AliasInvalidError(UserApiError):
    """Raised when an alias has no label or value, is too long, or there are too many (4.1; text inferred)."""


class TagsRefusedError(UserApiError):
    """Raised when tags are too many for the request or the plan, or have restricted keys (4.4)."""


class SubscriptionInvalidError(UserApiError):
    """Raised when a subscription has no or an unknown type, no address, or there are too many (text inferred)."""


class SubscriptionNotFoundError(UserApiError):
    """Raised when there is no such subscription, or no user to add one to (4.3)."""

    status = 404

    def __init__(self) -> None:
        super().__init__("Subscription not found", code="subscription-0")


class OwnerInvalidError(UserApiError):
    """Raised when a transfer names no alias, or more than one (4.3; text inferred)."""

    def __init__(self) -> None:
        super().__init__("identity must contain exactly one alias")


class AliasNotFoundError(UserApiError):
    """Raised when a user has no alias of the label that shall be deleted (text inferred)."""

    status = 404

    def __init__(self, label: str) -> None:
        super().__init__(f"No alias `{label}` found for the User")


class RateLimitedError(OneSignalError):
    """Raised when a documented rate limit is used up (8.1); `limit` names it where the service does."""

    status = 429

    def __init__(self, retry_after_s: int, *, limit: str = "") -> None:
        super().__init__("API rate limit exceeded")
        self.limit = limit
        self.headers = (("Retry-After", str(retry_after_s)),)

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"errors": list(self.args), "limit": self.limit} if self.limit else {"errors": list(self.args)}


# --- segments and cohorts ------------------------------------------------------------------------------------


class FilterRefusedError(UnsuccessfulError):
    """Raised when a filter array does not follow the grammar (5.1; texts inferred)."""


class SegmentRefusedError(UnsuccessfulError):
    """Raised when a segment's name, description or filters are missing or too long (5.3)."""


class SegmentNameTakenError(UnsuccessfulError):
    """Raised when another segment has the name (5.3)."""

    def __init__(self) -> None:
        super().__init__("Segment name is already taken.")


class SegmentExistsError(UnsuccessfulError):
    """Raised when another segment has the id (5.3)."""

    status = 409

    def __init__(self) -> None:
        super().__init__("Segment with the given id already exists.")


class SegmentLimitError(UnsuccessfulError):
    """Raised when the plan has no room for a further segment (5.3)."""

    status = 422

    def __init__(self) -> None:
        super().__init__("You have reached the maximum number of segments allowed for your plan.")


class SegmentReadOnlyError(UnsuccessfulError):
    """Raised when a pre-created segment shall be changed (text inferred)."""

    status = 403

    def __init__(self) -> None:
        super().__init__("Segment is read only")


class SegmentNotFoundError(OneSignalError):
    """Raised when there is no such segment to view (5.3)."""

    status = 404

    def __init__(self) -> None:
        super().__init__("segment not found")


class SegmentToUpdateNotFoundError(UnsuccessfulError):
    """Raised when there is no such segment to change (5.3)."""

    status = 404

    def __init__(self) -> None:
        super().__init__("segment not found")


class SegmentToDeleteNotFoundError(OneSignalError):
    """Raised when there is no such segment to delete (5.3)."""

    status = 404

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"success": False}


class CohortsNotInPlanError(OneSignalError):
    """Raised when the app's plan may not take cohorts (text by analogy with Mixpanel's, facts/integration.md 6)."""

    status = 403

    def __init__(self) -> None:
        super().__init__("App may not submit cohort updates from Amplitude")


class CohortNotFoundError(OneSignalError):
    """Raised when there is no such cohort (modelled)."""

    status = 404

    def __init__(self) -> None:
        super().__init__("cohort not found")


class CohortRefusedError(OneSignalError):
    """Raised when a cohort's name or a batch of members is malformed or too large (modelled)."""
