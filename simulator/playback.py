"""Plays a story step by step, forwards and backwards: the teller is held at every beat; going back tells it anew."""

import threading
from contextlib import suppress
from types import TracebackType
from typing import Final, Self

from simulator.errors import WrongUsageError
from simulator.journal import Exchange
from simulator.simulation import Simulation
from simulator.story import Ending
from simulator.telling import Telling

THE_END: Final = 2**63


class Playback:
    """A telling that can be held. `beat` counts what has happened; between two beats the world is at rest.

    Use it as a context manager. `ahead` says what the next beat will be, and is None once the story is over; then
    `ending` says how it ended. An error of the story itself is raised by whatever moved it there.
    """

    def __init__(self, telling: Telling) -> None:
        self.telling = telling
        self._teller = _Teller(telling)

    def __enter__(self) -> Self:
        """Hold the story before its first beat."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Leave the story where it is."""
        self.leave()

    @property
    def simulation(self) -> Simulation:
        """The world at this beat."""
        return self._teller.simulation

    @property
    def beat(self) -> int:
        """How many beats have been played."""
        return self._teller.beat

    @property
    def ahead(self) -> str | None:
        """What the next beat will be."""
        return self._teller.ahead

    @property
    def ending(self) -> Ending | None:
        """How the story ended, when it has."""
        return self._teller.ending

    def go_to(self, beat: int) -> list[Exchange]:
        """Go to a beat, forwards or back, and no further than the end; answers the last beat's exchanges."""
        if beat < 0:
            raise WrongUsageError(f"a story begins at beat 0, there is no beat {beat}")
        if beat < self.beat:
            self._teller.leave()
            self._teller = _Teller(self.telling)
        self._teller.go_on(beat)
        return self._teller.last_exchanges()

    def forward(self, beats: int = 1) -> list[Exchange]:
        """Play some beats; answers the exchanges of the last one."""
        return self.go_to(self.beat + beats)

    def back(self, beats: int = 1) -> list[Exchange]:
        """Take some beats back: the story is told anew up to there, and is the same to the byte."""
        return self.go_to(max(0, self.beat - beats))

    def to_the_end(self) -> Ending:
        """Play whatever is left."""
        self.go_to(THE_END)
        assert self.ending is not None
        return self.ending

    def leave(self) -> Simulation:
        """Let the teller go; the world stays as it is and may go on by itself, for instance live."""
        self._teller.leave()
        return self.simulation


class _LeftError(BaseException):
    """Raised in the teller's thread when nobody wants to hear more; no story may catch it."""


class _Teller:
    """A thread that tells a story; it is held before a beat, and told how far to go on."""

    def __init__(self, telling: Telling) -> None:
        self.simulation = telling.begin()
        self.simulation.beats.listener = self._strike
        self.beat = 0
        self.ahead: str | None = None
        self.ending: Ending | None = None
        self._error: Exception | None = None
        self._stop_at = 0
        self._leaving = False
        self._began = self._last_began = 0
        self._go_on, self._held = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._tell, args=(telling,), name="teller", daemon=True)
        self._thread.start()
        self._listen()

    def go_on(self, beat: int) -> None:
        """Tell up to a beat, or to the end."""
        if self.beat < beat and self._thread.is_alive():
            self._stop_at = beat
            self._go_on.release()
            self._listen()

    def leave(self) -> None:
        """End the thread where it is held; later beats of this world are nobody's business."""
        self.simulation.beats.listener = None
        if self._thread.is_alive():
            self._leaving = True
            self._go_on.release()
            self._thread.join()

    def last_exchanges(self) -> list[Exchange]:
        """Give what was said on the wire during the last beat, as far as the journal keeps it."""
        return [exchange for exchange in self.simulation.journal if exchange.number > self._last_began]

    def _listen(self) -> None:
        self._held.acquire()
        if self.ahead is None:
            self._thread.join()
        if self._error is not None:
            raise self._error

    def _tell(self, telling: Telling) -> None:
        with suppress(_LeftError):
            try:
                self.ending = telling.tell(self.simulation)
            except Exception as error:  # noqa: BLE001  # it is raised again where the story was moved
                self._error = error
            self._end_beat()
            self.ahead = None
            self._held.release()

    def _strike(self, what: str) -> None:
        """Hear in the teller's thread that a beat is about to begin; hold it here when it was to stop here."""
        self._end_beat()
        self.ahead = what
        if self.beat >= self._stop_at:
            self._held.release()
            self._go_on.acquire()
            if self._leaving:
                raise _LeftError
        self._began = len(self.simulation.journal)

    def _end_beat(self) -> None:
        if self.ahead is not None:
            self.beat += 1
            self._last_began = self._began
