"""How fast uploads may come, kept only when asked for (facts/amplitude-api.md 1.3, 1.4, 1.7, 2.4)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from fake_amplitude import errors
from fake_amplitude.caps import Caps
from fake_amplitude.limits import HOUR_MS, Window
from fake_amplitude.text_errors import TooManyIdentifications

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.records import Project
    from fake_amplitude.wire.upload_form import UploadedEvent

WINDOW_MS = 30_000
WINDOW_S = WINDOW_MS // 1_000
EPS = {"/2/httpapi": 30, "/batch": 1_000, "/identify": 30}
SAME_AS_V2 = {"/httpapi": "/2/httpapi", "/": "/2/httpapi"}
DAILY_QUOTA = 500_000
PROJECT_EPS, PROJECT_BATCHES = 1_000, 100  # a second; Batch is there for who needs more
MAPPING_REQUESTS = 50

Key = tuple[int, str, str]  # project, "user" or "device", id


class Throttle:
    """What came of late: of each user and device, and of each project. A refused request is not counted."""

    def __init__(self) -> None:
        self._recent = {path: Window(WINDOW_MS, 1_000) for path in EPS}
        self._daily = Window(24 * HOUR_MS, HOUR_MS)
        self._projects = Window(WINDOW_MS, 1_000)
        self._mappings = Window(WINDOW_MS, 1_000)
        self._caps: dict[int, Caps] = {}

    def caps(self, project: Project) -> Caps:
        """Answer how much of a project is kept."""
        return self._caps.setdefault(project.id, Caps())

    def admit(self, project: Project, events: Sequence[UploadedEvent], *, path: str, now_ms: int) -> None:
        """Count an upload, or raise `TooManyRequestsForSome` and count nothing."""
        path = SAME_AS_V2.get(path, path)
        keys = [_keys(project, event) for event in events]
        counts: Counter[object] = Counter(key for of_event in keys for key in of_event)
        rates = self._over_rate(counts, path, now_ms)
        quotas = self._over_quota(counts, now_ms) if path == "/batch" else None
        if rates or quotas:
            over = {*rates, *(quotas or {})}
            raise errors.TooManyRequestsForSome(
                eps_threshold=EPS[path],
                throttled=_by_kind(rates),
                exceeded=None if quotas is None else _by_kind(quotas),
                events=[index for index, of_event in enumerate(keys) if not over.isdisjoint(of_event)],
            )
        if path == "/2/httpapi":
            self._admit_to_project(project, len(events), now_ms)
        self._recent[path].add(counts, now_ms)
        if quotas is not None:
            self._daily.add(counts, now_ms)

    def admit_identifications(self, project: Project, events: Sequence[UploadedEvent], now_ms: int) -> None:
        """Count identifications, or raise `TooManyIdentifications` and count nothing."""
        counts: Counter[object] = Counter(
            key for event in events if not event.group_properties for key in _keys(project, event)
        )
        if self._over_rate(counts, "/identify", now_ms):
            raise TooManyIdentifications
        self._recent["/identify"].add(counts, now_ms)

    def admit_mapping(self, project: Project, now_ms: int) -> None:
        """Count a request to map users, or raise `TooManyIdentifications`."""
        self._mappings.forget(now_ms)
        if self._mappings.total(project.id) >= MAPPING_REQUESTS * WINDOW_S:
            raise TooManyIdentifications
        self._mappings.add(Counter({project.id: 1}), now_ms)

    def _admit_to_project(self, project: Project, events: int, now_ms: int) -> None:
        self._projects.forget(now_ms)
        counts: Counter[object] = Counter({(project.id, "events"): events, (project.id, "batches"): 1})
        allowed = {"events": PROJECT_EPS * WINDOW_S, "batches": PROJECT_BATCHES * WINDOW_S}
        if any(self._projects.total((project.id, of)) + counts[project.id, of] > allowed[of] for of in allowed):
            raise errors.TooManyRequestsForSome(
                eps_threshold=PROJECT_EPS, throttled=({}, {}), exceeded=None, events=range(events)
            )
        self._projects.add(counts, now_ms)

    def _over_rate(self, counts: Counter[object], path: str, now_ms: int) -> dict[object, int]:
        recent = self._recent[path]
        recent.forget(now_ms)
        totals = {key: recent.total(key) + n for key, n in counts.items()}
        return {key: -(-total // WINDOW_S) for key, total in totals.items() if total > EPS[path] * WINDOW_S}

    def _over_quota(self, counts: Counter[object], now_ms: int) -> dict[object, int]:
        self._daily.forget(now_ms)
        totals = {key: self._daily.total(key) + n for key, n in counts.items()}
        return {key: total for key, total in totals.items() if total > DAILY_QUOTA}


def _keys(project: Project, event: UploadedEvent) -> tuple[Key, ...]:
    ids = (("user", event.user_id), ("device", event.device_id))
    return tuple((project.id, kind, value) for kind, value in ids if value is not None)


def _by_kind(counts: dict[object, int]) -> tuple[dict[str, int], dict[str, int]]:
    said: dict[str, dict[str, int]] = {"user": {}, "device": {}}
    for key, count in counts.items():
        if isinstance(key, tuple):
            said[key[1]][key[2]] = count
    return said["user"], said["device"]
