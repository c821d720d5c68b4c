"""What a fake carries into each request: its state, and time, ids, luck and transport."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

from fake_amplitude.limits import ASKING_AT_ONCE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager
    from random import Random

    from requests import Session

    from fake_amplitude.limits import RestLimits
    from fake_amplitude.records import Project
    from fake_amplitude.state import State
    from fake_amplitude.switches import Switches
    from fake_amplitude.throttle import Throttle

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND = timedelta(milliseconds=1)


@dataclass(frozen=True, slots=True)
class World:
    """One region as its doors and engines see it; the limits are None when they are off."""

    state: State
    now: Callable[[], datetime]
    ids: Callable[[], str]
    random: Random
    session: Session
    throttle: Throttle | None
    rest_limits: RestLimits | None
    switches: Switches
    _traces: Iterator[int] = field(default_factory=lambda: count(1), repr=False)

    def now_ms(self) -> int:
        """Answer the time in whole milliseconds since 1970."""
        return (self.now() - EPOCH) // MILLISECOND

    def at_once(self, key: object, inside_max: int) -> AbstractContextManager[None]:
        """Be one of at most so many callers, where limits are kept; raises `RateLimited`."""
        return self.rest_limits.turnstile.passing(key, inside_max) if self.rest_limits else nullcontext()

    def charting(self, project: Project, cost: int) -> AbstractContextManager[None]:
        """Draw a chart of such a cost, where limits are kept; raises `RateLimited`."""
        if self.rest_limits is not None:
            with self.state.lock:
                self.rest_limits.charts.spend(project, cost, self.now_ms())
        return self.asking(project)

    def asking(self, project: Project) -> AbstractContextManager[None]:
        """Be one of the five who ask for a project's charts and cohort files; raises `RateLimited`."""
        return self.at_once(("charts", project.id), ASKING_AT_ONCE)

    def trace_id(self) -> str:
        """Answer what names one exchange in the `Trace-Id` of its answer (facts/amplitude-api.md 1.3)."""
        return f"Root=1-{self.now_ms() // 1_000:08x}-{next(self._traces):024x}"
