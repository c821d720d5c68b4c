"""The one clock: frozen and advanced by hand in a test, flowing by itself in a live world."""

import threading
import time
from datetime import UTC, datetime, timedelta
from typing import Final, NamedTuple

MONDAY_MORNING: Final = datetime(2026, 1, 5, 9, 0, tzinfo=UTC)


class Clock:
    """Tells the time to every house.

    A new clock stands still. `advance_to` moves it; `flow` lets it run at the wall's pace, or at another speed, from
    where it stands, which is how a played scenario goes on as a live world; `freeze` stops it there. Nothing else in
    the project reads the wall.
    """

    def __init__(self, start: datetime = MONDAY_MORNING) -> None:
        self._anchor = _Anchor(start)

    @classmethod
    def on_the_wall(cls) -> "Clock":
        """Make a clock that stands at this very moment."""
        return cls(datetime.now(UTC))

    @property
    def speed(self) -> float:
        """How many seconds pass here in one of the wall's; 0 while the clock stands."""
        return self._anchor.speed

    def now(self) -> datetime:
        """Tell the time (UTC)."""
        moment, wall, speed = self._anchor
        return moment + timedelta(seconds=(time.monotonic() - wall) * speed) if speed else moment

    def advance_to(self, moment: datetime) -> None:
        """Move a standing clock forward to `moment`; an earlier moment changes nothing."""
        if self.speed:
            raise RuntimeError("a flowing clock cannot be advanced by hand")
        self._anchor = _Anchor(max(self.now(), moment))

    def pass_time(self, seconds: float) -> None:
        """Let seconds pass: at once on a standing clock, on the wall on a flowing one."""
        if self.speed:
            threading.Event().wait(seconds / self.speed)
        else:
            self.advance_to(self.now() + timedelta(seconds=seconds))

    def flow(self, speed: float = 1.0) -> None:
        """Let time pass by itself from now on, `speed` times as fast as on the wall."""
        self._anchor = _Anchor(self.now(), time.monotonic(), speed)

    def freeze(self) -> None:
        """Let the clock stand where it is."""
        self._anchor = _Anchor(self.now())

    @staticmethod
    def linger(alarm: threading.Event, seconds: float) -> bool:
        """Wait on the wall until `alarm` is set or `seconds` have passed; say whether it was set."""
        return alarm.wait(seconds)


class _Anchor(NamedTuple):
    """A moment that was shown at a moment of the wall, and how fast time has passed since; 0 is not at all."""

    moment: datetime
    wall: float = 0.0
    speed: float = 0.0
