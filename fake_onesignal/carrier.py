"""Who takes a message the last mile: FCM, APNs, an e-mail provider or Twilio, as one small seam.

OneSignal hands a message over and hears back what became of it. The real carriers are other companies; here they are
one object given to `FakeOneSignal`, so that a simulated population can say which app is gone and which mailbox bounces.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

UNREGISTERED = "UNREGISTERED"
"""What FCM (and, in other words, APNs and web push) says of a token whose app was uninstalled."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One message to one subscription, as a carrier sees it. `type` is the subscription's (`iOSPush`, `Email`, ...).

    A push that finds its device offline is given up after `ttl_s`, and replaces one with the same `collapse_id`. `sdk`
    is the version of the SDK on the device, "" for a subscription that was made over the API.
    """

    app_id: str
    notification_id: str
    subscription_id: str
    type: str
    token: str
    title: Mapping[str, str] | str
    contents: Mapping[str, str] | str
    sent_at: datetime
    ttl_s: int = 259_200
    collapse_id: str = ""
    sdk: str = ""


@dataclass(frozen=True, slots=True)
class Accepted:
    """The carrier took it; `delivered` when it knows of the arrival too, which only e-mail and SMS carriers do."""

    delivered: bool = False


@dataclass(frozen=True, slots=True)
class Refused:
    """The carrier did not take it. The reason `UNREGISTERED` means that the app is gone from the device."""

    reason: str


@dataclass(frozen=True, slots=True)
class Bounced:
    """The e-mail provider took it and the mailbox turned it away for good."""

    reason: str = "hard bounce"


@dataclass(frozen=True, slots=True)
class Undelivered:
    """The SMS provider took it and could not bring it to the phone."""

    reason: str = "undelivered"


@dataclass(frozen=True, slots=True)
class Gone:
    """The app is gone from the device and the provider has not noticed: it accepts twice, and knows at the third time.

    Until then the device is subscribed and counted (facts/onesignal-api.md 4.2, facts/integration.md 2.5 A21).
    """


Outcome: TypeAlias = Accepted | Refused | Bounced | Undelivered | Gone


class Carrier(Protocol):
    """Takes one envelope and says what became of it. Called from `run_due`, never while a request is answered."""

    def carry(self, envelope: Envelope) -> Outcome:
        """Take the message of `envelope`, or say why not."""
        ...


@dataclass(frozen=True, slots=True)
class WillingCarrier:
    """Accepts everything, and delivers every e-mail and SMS at once."""

    outcome: Accepted = Accepted(delivered=True)

    def carry(self, envelope: Envelope) -> Outcome:  # noqa: ARG002 - the protocol names it
        """Take the message, whatever it is."""
        return self.outcome
