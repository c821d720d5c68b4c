"""What a fake carries into each request: its state, and time, ids, luck and transport."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from random import Random

    from requests import Session

    from fake_amplitude.limits import RestLimits
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

    def trace_id(self) -> str:
        """Answer what names one exchange in the `Trace-Id` of its answer (facts/amplitude-api.md 1.3)."""
        return f"Root=1-{self.now_ms() // 1_000:08x}-{next(self._traces):024x}"
