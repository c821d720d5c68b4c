"""What OneSignal can refuse about users, aliases, subscriptions and players (numbers: facts/onesignal-api.md)."""

from __future__ import annotations

from typing import Any

from fake_onesignal.errors import OneSignalError, UserApiError


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

    text = "Request body is malformed"


class FieldTypeError(UserApiError):
    """Raised when a field has the wrong type (4.3)."""

    def __init__(self, field: str, expected: str, received: str) -> None:
        super().__init__(
            f"Field {field} was expecting value of type '{expected}', received value of type '{received}' instead"
        )


class NothingToCreateError(UserApiError):
    """Raised when a user would have neither alias nor subscription (4.3)."""

    code = "user-3"
    text = "Creating a User requires at least one Alias or Subscription"


class AliasClaimedError(UserApiError):
    """Raised when an alias belongs to another user (4.3)."""

    status = 409
    code = "user-2"
    text = "One or more Aliases claimed by another User"


class InvalidUuidError(UserApiError):
    """Raised when an onesignal_id is no UUID (4.3)."""

    code = "request-1"
    text = "Invalid UUID"


class RestrictedIdError(UserApiError):
    """Raised when an external_id is one of the restricted ones (4.1; text inferred)."""

    text = "External ID is restricted"


class AliasInvalidError(UserApiError):
    """Raised when an alias has no label or value, is too long, or there are too many (4.1; text inferred)."""


class AliasNotFoundError(UserApiError):
    """Raised when a user has no alias of the label that shall be deleted (text inferred)."""

    status = 404

    def __init__(self, label: str) -> None:
        super().__init__(f"No alias `{label}` found for the User")


class TagsRefusedError(UserApiError):
    """Raised when tags are too many for the request or the plan, or have restricted keys (4.4)."""


class SubscriptionInvalidError(UserApiError):
    """Raised when a subscription has no or an unknown type, no address, or there are too many (text inferred)."""


class SubscriptionLimitError(UserApiError):
    """Raised when a profile refuses a 21st subscription instead of evicting the oldest (9; title inferred)."""

    status = 409
    code = "Subscription Limit Exceeded"
    text = "A User may have at most 20 Subscriptions"


class SubscriptionNotFoundError(UserApiError):
    """Raised when there is no such subscription, or no user to add one to (4.3)."""

    status = 404
    code = "subscription-0"
    text = "Subscription not found"


class SubscriptionForbiddenError(OneSignalError):
    """Raised when a subscription is to be deleted or given away with a wrong key: in a word of its own (4.3, 8.3)."""

    status = 403
    text = "Forbidden"


class OwnerInvalidError(UserApiError):
    """Raised when a transfer names no alias, or more than one (4.3; text inferred)."""

    text = "identity must contain exactly one alias"


class PlayerRefusedError(OneSignalError):
    """Raised when what the 2022 API says of a player, its tags or its device does not fit (3)."""

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {"errors": list(self.args), "success": False}


class PlayersNotListableError(OneSignalError):
    """Raised when an app has too many users for GET /players (3; text inferred)."""

    text = "This API endpoint is disabled for apps with over 80,000 users. Please use the CSV export instead."


class PlayerNotFoundError(OneSignalError):
    """Raised when the 2022 API asks for a player that there is not (3)."""

    text = "No user with this id found"
