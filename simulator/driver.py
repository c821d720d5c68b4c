"""Drives a live street: a thread lets everybody do what is due, and whoever cannot wait lets time pass faster."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, Final

import structlog

from simulator.errors import WrongUsageError
from simulator.simulation import Simulation

SPEED_MAX: Final = 100_000.0
LENGTH_MAX: Final = timedelta(days=366)
_PULSE_S: Final = 0.02


class Driver:
    """The one who works on a live street; an error of ours is kept in `trouble`, and the street goes on."""

    def __init__(self, simulation: Simulation) -> None:
        self.trouble: str | None = None
        self._clock = simulation.clock
        self._schedule = simulation.schedule
        self._driving = threading.RLock()
        self._stopped = threading.Event()
        self._worked = threading.Condition()
        self._thread = threading.Thread(target=self._drive, name="driver", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        self._thread.start()

    def stop(self) -> None:
        """Stop working, and wait until the last piece of work is done."""
        self._stopped.set()
        self._thread.join()

    def wait_until(self, condition: Callable[[], Any], *, within_s: float) -> bool:
        """Wait until `condition` is true; asked again after every piece of work, given up after `within_s` seconds."""
        with self._worked:
            return bool(self._worked.wait_for(condition, within_s))

    def set_speed(self, speed: float) -> None:
        """Let time pass `speed` times as fast as on the wall; 0 freezes the clock."""
        if not 0 <= speed <= SPEED_MAX:
            raise WrongUsageError(f"a speed lies between 0 (frozen) and {SPEED_MAX:,.0f}, not {speed}")
        with self._driving:
            if speed:
                self._clock.flow(speed)
            else:
                self._clock.freeze()

    def run_for(self, length: timedelta) -> None:
        """Let some time pass at once, with everything that is due on the way."""
        if not timedelta() <= length <= LENGTH_MAX:
            raise WrongUsageError(f"time passes forwards, and at most {LENGTH_MAX.days} days at once")
        with self._standing():
            self._schedule.run_until(self._clock.now() + length)

    def run_until_quiet(self) -> None:
        """Let time pass until nothing is due within ten minutes; raises `NeverQuietError` after two days of work."""
        with self._standing():
            self._schedule.run_until_quiet()

    def jump(self) -> datetime | None:
        """Go to the next moment at which anything is due, and do it; answers it, or None when nothing is in sight."""
        with self._standing():
            due = self._schedule.next_due()
            if due is not None:
                self._schedule.run_until(max(due, self._clock.now()))
            return due

    @contextmanager
    def _standing(self) -> Iterator[None]:
        with self._driving:
            speed = self._clock.speed
            self._clock.freeze()
            try:
                yield
            finally:
                if speed:
                    self._clock.flow(speed)

    def _drive(self) -> None:
        while not self._clock.linger(self._stopped, _PULSE_S):
            try:
                with self._driving:
                    self._schedule.run_due()
            except Exception as error:  # noqa: BLE001  # the live world goes on, and /health says what happened
                structlog.get_logger().exception("the driver met an error of ours")
                self.trouble = repr(error)
            with self._worked:
                self._worked.notify_all()
