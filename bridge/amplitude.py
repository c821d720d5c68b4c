"""Uploads events to Amplitude's HTTP V2 and says of each what became of it (facts/amplitude-api.md 1.3, 2.4)."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec
import requests

from bridge.amplitude_answers import Verdict, read_verdict
from bridge.answers import Answer, Later, Stopped
from bridge.records import ClaimedDelivery
from bridge.retry import asked_wait

if TYPE_CHECKING:
    from datetime import datetime

    from bridge.settings import AmplitudeProject

BASE_URLS = MappingProxyType({"US": "https://api2.amplitude.com", "EU": "https://api.eu.amplitude.com"})
EVENTS_MAX = 1_000
BYTES_MAX = 1_000_000
TIMEOUT_S = (10, 30)

_Batch = Sequence[ClaimedDelivery]


class Amplitude:
    """One project's ingestion endpoint, in its region."""

    events_max = EVENTS_MAX

    def __init__(
        self,
        project: AmplitudeProject,
        *,
        min_id_length: int,
        session: requests.Session,
        now: Callable[[], datetime],
    ) -> None:
        self._url = f"{BASE_URLS[project.region]}/2/httpapi"
        self._session = session
        self._now = now
        self._head = b'{"api_key":' + msgspec.json.encode(project.api_key) + b',"events":['
        self._tail = b'],"options":{"min_id_length":%d}}' % min_id_length

    def upload(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Send in order; when the vendor takes nothing more now, the rest stays without an answer.

        What the vendor names is left out and the others are sent again; when it names nothing, the batch is halved
        until the bad one is alone. The insert_id travels inside the payload and is the same on every try.
        """
        answers: dict[int, Answer] = {}
        batches = deque(self._cut(deliveries))
        while batches:
            batch = batches.popleft()
            verdict = self._post(batch)
            if verdict.whole is not None:
                answers.update(dict.fromkeys((delivery.id for delivery in batch), verdict.whole))
                if isinstance(verdict.whole, Later | Stopped):
                    return answers
            elif verdict.singled_out:
                answers.update((batch[index].id, answer) for index, answer in verdict.singled_out.items())
                batches = _rest_of(batch, verdict.singled_out, batches)
            else:
                middle = len(batch) // 2
                batches.extendleft((batch[middle:], batch[:middle]))
        return answers

    def _cut(self, deliveries: Sequence[ClaimedDelivery]) -> list[_Batch]:
        """Cut into batches that keep the limits of count and bytes."""
        batches: list[_Batch] = []
        batch: list[ClaimedDelivery] = []
        envelope = len(self._head) + len(self._tail)
        size = envelope
        for delivery in deliveries:
            size += len(delivery.payload) + 1
            if batch and (size >= BYTES_MAX or len(batch) == EVENTS_MAX):
                batches.append(batch)
                batch, size = [], envelope + len(delivery.payload) + 1
            batch.append(delivery)
        return [*batches, batch] if batch else batches

    def _post(self, batch: _Batch) -> Verdict:
        body = self._head + b",".join(delivery.payload for delivery in batch) + self._tail
        try:
            response = self._session.post(
                self._url,
                data=body,
                headers={"Content-Type": "application/json"},
                timeout=TIMEOUT_S,
                allow_redirects=False,
            )
        except requests.RequestException as error:
            unsent = isinstance(error, requests.ConnectTimeout)
            return Verdict(whole=Later(f"no answer from Amplitude: {type(error).__name__}", may_have_it=not unsent))
        asked = asked_wait(response.headers.get("Retry-After"), self._now())
        return read_verdict(response.status_code, response.content, batch=batch, asked=asked)


def _rest_of(batch: _Batch, singled_out: Mapping[int, Answer], following: Sequence[_Batch]) -> deque[_Batch]:
    """Answer what is still to be sent, without the lanes of which a part must wait: nobody may overtake."""
    held = {batch[index].lane for index, answer in singled_out.items() if isinstance(answer, Later)}
    rest = [delivery for index, delivery in enumerate(batch) if index not in singled_out]
    remaining = ([each for each in some if each.lane not in held] for some in (rest, *following))
    return deque(some for some in remaining if some)
