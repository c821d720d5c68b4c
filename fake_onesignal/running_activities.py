"""Which live activities run, of which type, and the push token that each has at each device.

Started by a message to iOS devices, or by the app itself; updated and ended by messages to the devices that have given
a token (facts/onesignal-api.md 3, 6.4). A device to which the end has been sent has the activity no longer (inferred).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fake_onesignal.messages import ActivityStep


class Activities:
    """The live activities of one app: `types` by activity id ("" when only a device named it), `tokens` by device."""

    def __init__(self) -> None:
        self.types: dict[str, str] = {}
        self.tokens: dict[str, dict[str, str]] = {}

    def start(self, activity_id: str, activity_type: str) -> None:
        """Remember an activity that is being started."""
        self.types[activity_id] = activity_type
        self.tokens.setdefault(activity_id, {})

    def register(self, activity_id: str, subscription_id: str, push_token: str) -> None:
        """Remember that an activity runs on a device, and the token it is updated by."""
        self.types.setdefault(activity_id, "")
        self.tokens.setdefault(activity_id, {})[subscription_id] = push_token

    def token(self, step: ActivityStep | None, subscription_id: str) -> str:
        """Give the token of a running activity at a device; "" when there is none, or it is only being started."""
        if step is None or step.event == "start":
            return ""
        return self.tokens.get(step.activity_id, {}).get(subscription_id, "")

    def conclude(self, step: ActivityStep, subscription_id: str) -> None:
        """Forget a device whose activity was ended, and the activity after the last device."""
        if step.event == "end":
            self.forget(step, subscription_id)
            if not self.tokens.get(step.activity_id):
                self.tokens.pop(step.activity_id, None)
                self.types.pop(step.activity_id, None)

    def forget(self, step: ActivityStep | None, subscription_id: str) -> None:
        """Forget the token of one device."""
        if step is not None:
            self.remove(step.activity_id, subscription_id)

    def remove(self, activity_id: str, subscription_id: str) -> None:
        """Forget that an activity runs on a device."""
        self.tokens.get(activity_id, {}).pop(subscription_id, None)
