"""What people do with a message that reached their device: confirm it, click it, or have uninstalled the app."""

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
from typing import Final, NamedTuple

from fake_onesignal.carrier import Accepted, Envelope, Gone, Outcome, Refused
from simulator.caller import Caller
from simulator.errors import require_shares

_NOTHING_TO_CONFIRM_WITH: Final = frozenset({"SafariPush", "SafariLegacyPush", "HuaweiPush"})
_NO_DEVICE: Final = frozenset({"Email", "SMS"})
_CONFIRMED_WITHIN_S: Final = 25
_CLICKED_WITHIN_S: Final = 1_800


@dataclass(frozen=True, slots=True)
class Attention:
    """How people treat messages; each share is a probability.

    `confirmed`: a device that can confirm delivery does (Safari, Huawei and what was made over the API without any SDK
    cannot: `facts/integration.md` 2.6 B07); `clicked`: a push is clicked; `uninstalled`: a device that has the app when
    a push comes has lost it, for good, and OneSignal hears of that at the third push (2.5 A21); `refused`: the push
    provider has an error of its own.
    """

    confirmed: float = 0.0
    clicked: float = 0.0
    uninstalled: float = 0.0
    refused: float = 0.0

    def __post_init__(self) -> None:
        """Refuse what is no probability."""
        require_shares(
            confirmed=self.confirmed, clicked=self.clicked, uninstalled=self.uninstalled, refused=self.refused
        )


class _Report(NamedTuple):
    """One call that a device will make; ordered by moment, then by turn."""

    due: datetime
    turn: int
    path: str
    body: dict[str, object]


class Recipients:
    """Stands where FCM, APNs, the mail provider and Twilio stand, and then acts as the devices' own SDKs do.

    A message that is carried to a device leads to the SDK's calls (`facts/onesignal-api.md` 10): `report_received`
    within 25 seconds, `opened` within half an hour, both on the clock and as work of its own, never while OneSignal is
    sending.
    """

    def __init__(self, calls: Caller, *, now: Callable[[], datetime], luck: random.Random) -> None:
        self.attention = Attention()
        self._calls = calls
        self._now = now
        self._luck = luck
        self._reports: list[_Report] = []
        self._turn = count()
        self._without_app: dict[str, None] = {}

    def carry(self, envelope: Envelope) -> Outcome:
        """Take a message to its device, where nobody sees it when the app is gone."""
        if envelope.type in _NO_DEVICE:
            return Accepted(delivered=True)
        if self._has_lost_its_app(envelope.subscription_id):
            return Gone()
        if self._luck.random() < self.attention.refused:
            return Refused("INTERNAL")
        self._reach(envelope)
        return Accepted()

    def run_due(self) -> int:
        """Make the calls that devices make by now."""
        done = 0
        while self._reports and self._reports[0].due <= self._now():
            report = heapq.heappop(self._reports)
            self._calls.ask("PUT", report.path, report.body)
            done += 1
        return done

    def next_due(self) -> datetime | None:
        """Say when the next device calls."""
        return self._reports[0].due if self._reports else None

    def _has_lost_its_app(self, subscription_id: str) -> bool:
        if self._luck.random() < self.attention.uninstalled:
            self._without_app[subscription_id] = None
        return subscription_id in self._without_app

    def _reach(self, envelope: Envelope) -> None:
        luck, attention = self._luck, self.attention
        can_confirm = envelope.sdk and envelope.type not in _NOTHING_TO_CONFIRM_WITH
        if can_confirm and luck.random() < attention.confirmed:
            self._report(envelope, luck.uniform(0, _CONFIRMED_WITHIN_S), "/report_received", {})
        if luck.random() < attention.clicked:
            self._report(envelope, luck.uniform(_CONFIRMED_WITHIN_S, _CLICKED_WITHIN_S), "", {"opened": True})

    def _report(self, envelope: Envelope, delay_s: float, verb: str, words: dict[str, object]) -> None:
        body = {"app_id": envelope.app_id, "player_id": envelope.subscription_id, **words}
        due = envelope.sent_at + timedelta(seconds=delay_s)
        heapq.heappush(
            self._reports, _Report(due, next(self._turn), f"/notifications/{envelope.notification_id}{verb}", body)
        )
