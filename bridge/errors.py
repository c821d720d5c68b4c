"""Everything the bridge refuses at its doors, and the one error it raises at its owner."""

# ruff: noqa: N818 - a refusal is named for what the door says

from __future__ import annotations


class SettingsError(ValueError):
    """Raised when a setting cannot be meant; the message names the setting."""


class OperatorError(Exception):
    """Raised when what an operator asks for cannot be done; the message says why."""


class UnknownPull(OperatorError):
    """Raised when a cohort is not among those that a connection pulls."""

    def __init__(self, cohort_id: str, known: tuple[str, ...]) -> None:
        super().__init__(f"the cohort {cohort_id!r} is not pulled here; {', '.join(known) or 'no cohort is'}")


class NoSecretKey(OperatorError):
    """Raised when a cohort's file is wanted on a connection that may only upload."""

    def __init__(self, connection: str) -> None:
        super().__init__(f"{connection}: to fetch a cohort from Amplitude needs amplitude.secret_key in the settings")


class PullFailed(OperatorError):
    """Raised when Amplitude does not give a cohort's file."""


class DoorError(Exception):
    """Raised when a door refuses a request; rendered once, in `doors.py`."""

    status = 400
    retry_after_s: int | None = None


class Malformed(DoorError):
    """Raised when a body cannot be read as what the door takes; nothing is stored."""


class Unauthorised(DoorError):
    """Raised when the bearer secret is missing or another connection's."""

    status = 401

    def __init__(self) -> None:
        super().__init__("the Authorization header does not carry this connection's secret")


class Unknown(DoorError):
    """Raised when a connection or a list is not known here."""

    status = 404


class TooLarge(DoorError):
    """Raised when a body is longer than the door's stated limit."""

    status = 413

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the body is longer than {limit_bytes} bytes")


class OutboxFull(DoorError):
    """Raised when as much is waiting as the settings allow; the vendor is asked to come again."""

    status = 503
    retry_after_s = 30

    def __init__(self, maximum: int) -> None:
        super().__init__(f"the outbox holds its maximum of {maximum} waiting deliveries")


class NotReady(DoorError):
    """Raised when nothing more would be taken, for whoever asks before sending."""

    status = 503
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__("the outbox is at its maximum")


class OutboxUnavailable(DoorError):
    """Raised when the database cannot store or read; nothing was acknowledged."""

    status = 503
    retry_after_s = 30

    def __init__(self) -> None:
        super().__init__("the outbox cannot be written right now")
