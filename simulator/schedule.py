"""Who works when: lets everybody do what is due, and moves the clock from one due moment to the next."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from simulator.beats import Beats
from simulator.clock import Clock
from simulator.parties import Worker

_QUIET: Final = timedelta(minutes=10)
_QUIET_AT_LAST: Final = timedelta(days=2)
_ROUNDS_MAX: Final = 20_000


class NeverQuietError(RuntimeError):
    """Raised when work goes on and on, or is due and never done, although the street should have come to rest."""


class Schedule:
    """Drives the workers of a street along its clock; `workers` is asked anew each time, for a house may be rebuilt."""

    def __init__(self, clock: Clock, workers: Callable[[], Mapping[str, Worker]], beats: Beats) -> None:
        self._clock = clock
        self._workers = workers
        self._beats = beats

    def run_due(self) -> int:
        """Let everybody do what is due now; say how many pieces of work were done."""
        workers = self._workers().items()
        return sum(self._work(name, worker) for name, worker in workers if self._is_due(worker.next_due()))

    def next_due(self) -> datetime | None:
        """Say when anybody has work again."""
        return min((due for worker in self._workers().values() if (due := worker.next_due()) is not None), default=None)

    def run_until(self, moment: datetime) -> None:
        """Advance to `moment`, stopping at everything that is due on the way."""
        while (due := self._next_after_work()) is not None and due <= moment:
            self._clock.advance_to(due)
        self._clock.advance_to(moment)

    def run_until_quiet(self) -> None:
        """Advance until nothing is due within ten minutes; two days without rest raise `NeverQuietError`."""
        patience = self._clock.now() + _QUIET_AT_LAST
        while (due := self._next_after_work()) is not None and due <= self._clock.now() + _QUIET:
            if due > patience:
                raise NeverQuietError(f"work is still due at {due}")
            self._clock.advance_to(due)

    def _next_after_work(self) -> datetime | None:
        for _ in range(_ROUNDS_MAX):
            workers = self._workers()
            moments = {name: worker.next_due() for name, worker in workers.items()}
            ready = [name for name, moment in moments.items() if self._is_due(moment)]
            if not ready:
                return min((moment for moment in moments.values() if moment is not None), default=None)
            for name in ready:
                self._work(name, workers[name])
        raise NeverQuietError(f"after {_ROUNDS_MAX:,} rounds at {self._clock.now()} there is still work due at once")

    def _work(self, name: str, worker: Worker) -> int:
        self._beats.strike(f"{name} works")
        return worker.run_due()

    def _is_due(self, moment: datetime | None) -> bool:
        """Whether a moment that was just named has come; on a flowing clock "now" is later already."""
        return moment is not None and moment <= self._clock.now()
