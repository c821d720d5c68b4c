"""The one clock: frozen and advanced by hand in a test, flowing by itself in a live world."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final

MONDAY_MORNING: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Clock:
    """Tells the time to every house.

    A new clock stands still. `advance_to` moves it; `flow` lets it run at the wall's pace from where it stands,
    which is how a played scenario goes on as a live world. Nothing else in the project reads the wall.
    """

    def __init__(self, start: datetime = MONDAY_MORNING) -> None:
        self._moment = start
        self._flowing_since: float | None = None

    @classmethod
    def on_the_wall(cls) -> "Clock":
        """Make a clock that stands at this very moment."""
        return cls(datetime.now(UTC))

    @property
    def flowing(self) -> bool:
        """Whether time passes by itself."""
        return self._flowing_since is not None

    def now(self) -> datetime:
        """Tell the time (UTC)."""
        if self._flowing_since is None:
            return self._moment
        return self._moment + timedelta(seconds=time.monotonic() - self._flowing_since)

    def advance_to(self, moment: datetime) -> None:
        """Move a standing clock forward to `moment`; an earlier moment changes nothing."""
        if self.flowing:
            raise RuntimeError("a flowing clock cannot be advanced by hand")
        self._moment = max(self._moment, moment)

    def pass_time(self, seconds: float) -> None:
        """Let seconds pass: at once on a standing clock, on the wall on a flowing one."""
        if self.flowing:
            threading.Event().wait(seconds)
        else:
            self.advance_to(self._moment + timedelta(seconds=seconds))

    def flow(self) -> None:
        """Let time pass by itself from now on."""
        if self._flowing_since is None:
            self._flowing_since = time.monotonic()

    def until(self, moment: datetime) -> float:
        """Say how many seconds are left until `moment`; never below zero."""
        return max(0.0, (moment - self.now()).total_seconds())

    @staticmethod
    def linger(alarm: threading.Event, seconds: float) -> bool:
        """Wait on the wall until `alarm` is set or `seconds` have passed; say whether it was set."""
        return alarm.wait(seconds)
