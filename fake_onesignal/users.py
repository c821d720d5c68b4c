"""What can be done to a user."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_onesignal.errors import UserNotFoundError

if TYPE_CHECKING:
    from fake_onesignal.records import User
    from fake_onesignal.state import AppState


def found(state: AppState, label: str, value: str) -> User:
    """The user that an alias names; 404 when there is none."""
    user = state.user_by(label, value)
    if user is None:
        raise UserNotFoundError(label, value)
    return user
