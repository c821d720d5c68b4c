"""Everything OneSignal can refuse about messages, in its words (facts/onesignal-api.md 2.1, 6.2)."""

from __future__ import annotations

from typing import Any

from fake_onesignal.errors import NOT_IN_PLAN, OneSignalError, UnsuccessfulError


class NotificationNotFoundError(OneSignalError):
    """Raised when the app has no such message, or has forgotten it."""

    status = 404
    text = "Notification not found"


class AlreadySentError(OneSignalError):
    """Raised when a message that is being or was sent is to be cancelled (text inferred)."""

    text = "Notification has already been sent to all recipients"


class NoTargetError(OneSignalError):
    """Raised when a message names nobody."""

    text = "You must include which players, segments, or tags you wish to send this notification to."


class ManyTargetsError(OneSignalError):
    """Raised when a message names its audience in more than one way (text inferred)."""

    def __init__(self, families: list[str]) -> None:
        super().__init__(f"You may only use one way of targeting at a time, not {' and '.join(families)}.")


class FiltersRefusedError(OneSignalError):
    """Raised when the filters of a message do not follow the grammar: flat, as its other refusals (8.2; inferred)."""


class TargetChannelMissingError(OneSignalError):
    """Raised when aliases are named without the channel to reach them on (text inferred)."""

    text = "target_channel is required when targeting with include_aliases. Use push, email or sms."


class MixedChannelsError(OneSignalError):
    """Raised when a message is for more than one of push, email and SMS."""

    text = (
        "Platforms You may only send to one delivery channel at a time. "
        "Make sure you are only including one of push platforms, Email, or SMS."
    )


class EnglishMissingError(OneSignalError):
    """Raised when push or SMS contents have no English."""

    text = "Message Notifications must have English language content"


class EmailIncompleteError(OneSignalError):
    """Raised when an e-mail lacks its subject or body (text by analogy with templates, inferred)."""

    def __init__(self, part: str) -> None:
        super().__init__(f"'message' Email {part} can not be blank")


class IdFormatError(OneSignalError):
    """Raised when a subscription id is no UUID."""

    def __init__(self, *, legacy: bool, id_: str) -> None:
        what, where = ("player_id", "include_player_ids") if legacy else ("subscription_id", "include_subscription_ids")
        super().__init__(f"Incorrect {what} format in {where} (not a valid UUID): {id_}")


class TooManyTargetsError(OneSignalError):
    """Raised when a list of ids is longer than a request may be (limit published, text inferred)."""

    def __init__(self, family: str, limit: int) -> None:
        super().__init__(f"{family} is limited to {limit} entries per request")


class AppIdFormatError(OneSignalError):
    """Raised when the app id is no UUID."""

    text = "app_id must be a valid UUID"


class MessageFieldError(OneSignalError):
    """Raised when a field of a message has the wrong type (text inferred)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"Request is malformed: {what}")


class SendAfterError(OneSignalError):
    """Raised when `send_after` is no date (text inferred)."""

    text = "Send after is not a valid date"


class TimeOfDayError(OneSignalError):
    """Raised when `delivery_time_of_day` is no time (text inferred)."""

    text = "Delivery time of day is not a valid time"


class DelayedOptionError(OneSignalError):
    """Raised when `delayed_option` goes together with what it cannot: SMS, throttling (6.1, text inferred)."""

    def __init__(self, what: str) -> None:
        super().__init__(f"delayed_option can not be used with {what}")


class PlanError(OneSignalError):
    """Raised when the app's plan does not have an operation (6.2)."""

    status = 403
    text = NOT_IN_PLAN


class ActivityNotFoundError(OneSignalError):
    """Raised when no such live activity was started or runs anywhere (6.4)."""

    status = 404
    text = "activity_id not found in this app"


class CustomEventsRefusedError(OneSignalError):
    """Raised when a request of custom events is malformed or too large: an empty object (7.3)."""

    def body(self) -> dict[str, Any]:
        """Give the JSON object to answer with."""
        return {}


class CustomEventsUnauthorizedError(OneSignalError):
    """Raised when custom events come without a key, or with a wrong one: nothing at all is said (7.3)."""

    status = 401
    is_silent = True


class ExportDeniedError(OneSignalError):
    """Raised when an export of events is asked for without the right key (8.3)."""

    status = 401
    text = "Missing or invalid REST API key for the app."


class HistoryRefusedError(UnsuccessfulError):
    """Raised when a history is asked for in a wrong way (3; the text about events is inferred)."""


class OutcomeNameError(OneSignalError):
    """Raised when an outcome is asked for without saying how to add it up (3)."""

    text = "Add .sum or .count to every requested outcome id"


class OutcomesDeniedError(OneSignalError):
    """Raised when outcomes are asked for without the right key (8.3)."""

    status = 403
    text = (
        "Access denied.  Please include an 'Authorization: ...' header with a valid API key (/docs/accounts-and-keys)."
    )


class UnsubscribeTokenError(OneSignalError):
    """Raised when the token of an unsubscribe link is not one of ours (text inferred)."""

    text = "Invalid token"


class AppDisabledError(OneSignalError):
    """Raised when a disabled app is to send: no text is published (8.1, status and text inferred)."""

    status = 403
    text = "This app has been disabled."


class InAppMessageNotFoundError(OneSignalError):
    """Raised when an SDK reports on an in-app message that the app does not have (text inferred)."""

    status = 404
    text = "In-app message not found"
