"""The documented rate limits, on the injected clock (facts/onesignal-api.md 8.1). Switched off they cost nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fake_onesignal.errors import RateLimitedError
from fake_onesignal.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from fake_onesignal.profiles import Profile
    from fake_onesignal.records import App

WRITES_PER_S: Final = 1_000
VIEWS_PER_S: Final = 1
RECORDS_REMEMBERED_MAX: Final = 10_000


class Limits:
    """What each app and each record has used up in the running second."""

    def __init__(self, now: Callable[[], datetime], profile: Callable[[], Profile], *, documented: bool) -> None:
        self._now = now
        self._profile = profile
        self.documented = documented
        self._second = 0
        self._used: dict[tuple[str, str], int] = {}
        self._updated_at: dict[str, float] = {}

    @property
    def _structured(self) -> bool:
        return self._profile().people_rate_limits_are_structured

    def spend_write(self, app: App) -> None:
        """Count one create, update or delete of a user or subscription."""
        self._spend(app.id, "write", WRITES_PER_S, structured=self._structured)

    def spend_view(self, app: App, what: str) -> None:
        """Count one look-back request (`users`, `notifications`, `templates`)."""
        self._spend(app.id, what, VIEWS_PER_S, structured=self._structured and what == "users")

    def spend_message(self, app: App) -> None:
        """Count one create or cancel of a message; both share a bucket."""
        self._spend(app.id, "message", PLANS[app.plan].messages_per_s)

    def spend_update(self, app: App, record_id: str) -> None:
        """Count one update of one user or subscription, of which a second has room for one."""
        self.spend_write(app)
        if not self.documented:
            return
        now = self._now().timestamp()
        if now - self._updated_at.get(record_id, now - 1) < 1:
            raise RateLimitedError(1, limit="Subscription/User Update Per Device", structured=self._structured)
        if len(self._updated_at) >= RECORDS_REMEMBERED_MAX:
            self._updated_at = {known: at for known, at in self._updated_at.items() if now - at < 1}
        self._updated_at[record_id] = now

    def _spend(self, app_id: str, bucket: str, per_s: int, *, structured: bool = False) -> None:
        if not self.documented:
            return
        second = int(self._now().timestamp())
        if second != self._second:
            self._second = second
            self._used.clear()
        used = self._used.get((app_id, bucket), 0)
        if used >= per_s:
            raise RateLimitedError(1, structured=structured)
        self._used[app_id, bucket] = used + 1
