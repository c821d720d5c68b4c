"""The documented limits, kept only when asked for (facts/amplitude-api.md 2.4, 6)."""

from __future__ import annotations

from collections import Counter, deque
from typing import TYPE_CHECKING

from fake_amplitude import errors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.records import Project
    from fake_amplitude.wire.upload_form import UploadedEvent

HOUR_MS = 3_600_000
EPS_WINDOW_MS = 30_000
EPS = {"/2/httpapi": 30, "/batch": 1_000}
DAILY_QUOTA = 500_000
REST_CALLS = {  # calls allowed in so many milliseconds, per project
    "cohort request": (60, 10 * 60_000),
    "cohort download": (500, 30 * 24 * HOUR_MS),
    "user search and activity": (360, HOUR_MS),
}

Key = tuple[int, str, str]  # project, "user" or "device", id


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


class Throttle:
    """Events per second and per day of each user and device; a refused upload is not counted."""

    def __init__(self) -> None:
        self._recent = {path: Window(EPS_WINDOW_MS, 1_000) for path in EPS}
        self._daily = Window(24 * HOUR_MS, HOUR_MS)

    def admit(self, project: Project, events: Sequence[UploadedEvent], *, path: str, now_ms: int) -> None:
        """Count an upload, or raise `TooManyRequestsForSome` and count nothing."""
        keys = [_keys(project, event) for event in events]
        counts: Counter[object] = Counter(key for of_event in keys for key in of_event)
        recent, threshold = self._recent[path], EPS[path]
        recent.forget(now_ms)
        eps_max = threshold * EPS_WINDOW_MS // 1_000
        rates = {key: recent.total(key) + n for key, n in counts.items() if recent.total(key) + n > eps_max}
        quotas = self._over_quota(counts, now_ms) if path == "/batch" else None
        if rates or quotas:
            rates = {key: -(-n * 1_000 // EPS_WINDOW_MS) for key, n in rates.items()}
            over = {*rates, *(quotas or {})}
            raise errors.TooManyRequestsForSome(
                eps_threshold=threshold,
                throttled=_by_kind(rates),
                exceeded=None if quotas is None else _by_kind(quotas),
                events=[index for index, of_event in enumerate(keys) if not over.isdisjoint(of_event)],
            )
        recent.add(counts, now_ms)
        if quotas is not None:
            self._daily.add(counts, now_ms)

    def _over_quota(self, counts: Counter[object], now_ms: int) -> dict[object, int]:
        self._daily.forget(now_ms)
        totals = {key: self._daily.total(key) + n for key, n in counts.items()}
        return {key: total for key, total in totals.items() if total > DAILY_QUOTA}


class RestLimits:
    """How often each project called the limited REST calls."""

    def __init__(self) -> None:
        self._windows = {
            name: Window(length_ms, max(1_000, length_ms // 60)) for name, (_, length_ms) in REST_CALLS.items()
        }

    def admit(self, project: Project, call: str, now_ms: int) -> None:
        """Count a call, or raise `RateLimited`."""
        window, (calls_max, length_ms) = self._windows[call], REST_CALLS[call]
        window.forget(now_ms)
        if window.total(project.id) >= calls_max:
            raise errors.RateLimited(f"{call}: {calls_max} in {length_ms // 1_000} s")
        window.add(Counter({project.id: 1}), now_ms)


def _keys(project: Project, event: UploadedEvent) -> tuple[Key, ...]:
    ids = (("user", event.user_id), ("device", event.device_id))
    return tuple((project.id, kind, value) for kind, value in ids if value is not None)


def _by_kind(counts: dict[object, int]) -> tuple[dict[str, int], dict[str, int]]:
    said: dict[str, dict[str, int]] = {"user": {}, "device": {}}
    for key, count in counts.items():
        if isinstance(key, tuple):
            said[key[1]][key[2]] = count
    return said["user"], said["device"]
