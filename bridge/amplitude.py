"""Uploads events to Amplitude and says of each what became of it (facts/amplitude-api.md 1.3, 1.4, 2.4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

from bridge.amplitude_answers import read_verdict
from bridge.answers import Answer, Later
from bridge.batches import Batch, Verdict, cut, deliver
from bridge.outgoing import Outgoing
from bridge.retry import asked_wait

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    import requests

    from bridge.records import ClaimedDelivery
    from bridge.settings import AmplitudeProject

BASE_URLS = MappingProxyType({"US": "https://api2.amplitude.com", "EU": "https://api.eu.amplitude.com"})
TIMEOUT_S = (10, 30)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """What one of the two ingestion endpoints takes, and how long a user must wait who sent too much."""

    path: str
    events_max: int
    bytes_max: int
    throttled_wait: timedelta


ENDPOINTS = MappingProxyType(
    {
        "httpapi": Endpoint("/2/httpapi", 1_000, 1_000_000, timedelta(seconds=30)),
        "batch": Endpoint("/batch", 2_000, 10_000_000, timedelta(seconds=15)),
    }
)


class Amplitude:
    """One project's ingestion endpoint, in its region."""

    def __init__(
        self,
        project: AmplitudeProject,
        *,
        min_id_length: int,
        session: requests.Session,
        now: Callable[[], datetime],
    ) -> None:
        self._endpoint = ENDPOINTS[project.endpoint]
        self.events_max = self._endpoint.events_max
        self._outgoing = Outgoing(
            session, BASE_URLS[project.region], vendor="Amplitude", headers={}, timeout_s=TIMEOUT_S
        )
        self._now = now
        self._head = b'{"api_key":' + msgspec.json.encode(project.api_key) + b',"events":['
        self._tail = b'],"options":{"min_id_length":%d}}' % min_id_length

    def upload(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Send in order; answers by delivery id what became of those that were tried."""
        limits = {"events_max": self._endpoint.events_max, "bytes_max": self._endpoint.bytes_max}
        return deliver(cut(deliveries, envelope=len(self._head) + len(self._tail), **limits), self._post)

    def _post(self, batch: Batch) -> Verdict:
        body = self._head + b",".join(delivery.payload for delivery in batch) + self._tail
        response = self._outgoing.send("POST", self._endpoint.path, body)
        if isinstance(response, Later):
            return Verdict(whole=response)
        asked = asked_wait(response.headers.get("Retry-After"), self._now())
        return read_verdict(
            response.status_code, response.content, batch=batch, asked=asked, usual=self._endpoint.throttled_wait
        )
