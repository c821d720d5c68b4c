"""How often the REST calls may be made, kept only when asked for (facts/amplitude-api.md 6)."""

from __future__ import annotations

from collections import Counter, deque
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING

from fake_amplitude import errors

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_amplitude.records import Project

HOUR_MS = 3_600_000
REST_CALLS = {  # calls (or their cost) allowed in so many milliseconds, per project
    "cohort request": (60, 10 * 60_000),
    "cohort download": (500, 30 * 24 * HOUR_MS),
    "user search and activity": (360, HOUR_MS),
    "streaming metrics": (12, 60_000),
    "deletions": (1, 1_000),
    "profile": (600, 60_000),
    "subject access": (14_400, HOUR_MS),
}


CHART_COSTS = ((1_000, 5 * 60_000, "1,000 in 5 minutes"), (108_000, HOUR_MS, "108,000 an hour"))
ASKING_AT_ONCE = 5  # charts and cohort files together (facts/amplitude-api.md 1.11, 1.13)
COHORT_USERS_MAX = 2_000_000
LOOKUPS_AT_ONCE = 10


class Window:
    """Counts per key over a sliding window, forgotten in steps."""

    def __init__(self, length_ms: int, step_ms: int) -> None:
        self._length_ms, self._step_ms = length_ms, step_ms
        self._steps: deque[tuple[int, Counter[object]]] = deque()
        self._totals: Counter[object] = Counter()

    def total(self, key: object) -> int:
        """Answer the count of a key as of the last `forget`."""
        return self._totals[key]

    def forget(self, now_ms: int) -> None:
        """Drop what has left the window."""
        while self._steps and self._steps[0][0] * self._step_ms <= now_ms - self._length_ms:
            _, gone = self._steps.popleft()
            self._totals.subtract(gone)
            for key in gone:
                if not self._totals[key]:
                    del self._totals[key]

    def add(self, counts: Counter[object], now_ms: int) -> None:
        """Count."""
        step = now_ms // self._step_ms
        if not self._steps or self._steps[-1][0] != step:
            self._steps.append((step, Counter()))
        self._steps[-1][1].update(counts)
        self._totals.update(counts)


class Turnstile:
    """Lets so many callers in at a time; inside they wait for the region's lock."""

    def __init__(self) -> None:
        self._inside: Counter[object] = Counter()
        self._lock = Lock()

    @contextmanager
    def passing(self, key: object, inside_max: int) -> Iterator[None]:
        """Be inside for a while; raises `RateLimited` where the others are too many."""
        with self._lock:
            if self._inside[key] >= inside_max:
                raise errors.RateLimited("Too Many Requests: Exceeded concurrent limit", limit=f"{inside_max} at once")
            self._inside[key] += 1
        try:
            yield
        finally:
            with self._lock:
                self._inside[key] -= 1


class ChartBudget:
    """What each project's charts cost lately."""

    def __init__(self) -> None:
        self._windows = [Window(length_ms, length_ms // 60) for _, length_ms, _ in CHART_COSTS]

    def spend(self, project: Project, cost: int, now_ms: int) -> None:
        """Count a chart, or raise `RateLimited` and count nothing."""
        for window, (cost_max, _, words) in zip(self._windows, CHART_COSTS, strict=True):
            window.forget(now_ms)
            if window.total(project.id) + cost > cost_max:
                said = f"Too Many Requests: Exceeded rate limit with query of cost {cost}"
                raise errors.RateLimited(said, limit=words)
        for window in self._windows:
            window.add(Counter({project.id: cost}), now_ms)


class RestLimits:
    """How often each project called the limited REST calls, what its charts cost, and how many are asking now."""

    def __init__(self) -> None:
        self.charts, self.turnstile = ChartBudget(), Turnstile()
        self._windows = {
            name: Window(length_ms, max(1_000, length_ms // 60)) for name, (_, length_ms) in REST_CALLS.items()
        }

    @staticmethod
    def admit_cohort(users: int) -> None:
        """Let a cohort of so many users be downloaded or written, or raise `InvalidRestRequest`."""
        if users > COHORT_USERS_MAX:
            raise errors.InvalidRestRequest(f"A cohort has at most {COHORT_USERS_MAX} users here.")

    def admit(self, project: Project, call: str, now_ms: int) -> None:
        """Count a project's call, or raise `RateLimited`."""
        if not self.admits(call, now_ms, of=project.id):
            calls_max, length_ms = REST_CALLS[call]
            said = f"{call}: {calls_max} in {length_ms // 1_000} s"
            raise errors.RateLimited("Too Many Requests: Exceeded rate limit", limit=said)

    def admits(self, call: str, now_ms: int, *, of: object = None, cost: int = 1) -> bool:
        """Count a call of a project, or of the organisation; answer False and count nothing where it is too much."""
        window, (calls_max, _) = self._windows[call], REST_CALLS[call]
        window.forget(now_ms)
        if window.total(of) + cost > calls_max:
            return False
        window.add(Counter({of: cost}), now_ms)
        return True
