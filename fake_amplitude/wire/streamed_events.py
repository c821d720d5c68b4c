"""Renders streamed events: OneSignal custom events, or rows to a webhook; reads which of a 202 failed.

facts/amplitude-api.md 5.1; properties go out as strings, and lists and objects do not go out at all
(facts/integration.md 3).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import msgspec

from fake_amplitude.user_properties import spelled
from fake_amplitude.wire.json_text import MALFORMED
from fake_amplitude.wire.moments import moment
from fake_amplitude.wire.rows import render_row, row_id

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_amplitude.records import Event, Project

Sent = TypeVar("Sent")


@dataclass(frozen=True, slots=True)
class StreamedEvent:
    """An event as a destination gets it: under the mapped value, with the chosen properties."""

    project: Project
    event: Event
    first_ms: int
    mapped: str
    properties: Mapping[str, object]

    @property
    def idempotency_key(self) -> str:
        """A UUID that every try repeats."""
        return row_id(self.project, self.event)


class _Failure(msgspec.Struct):
    event_id: str | None = None
    event_user_id: str | None = None


class _Accepted(msgspec.Struct):
    errors: list[_Failure] = []


def render_custom_events(events: Sequence[StreamedEvent]) -> bytes:
    """Render the body of OneSignal's `custom_events`."""
    return msgspec.json.encode({"events": [_custom_event(each) for each in events]})


def render_webhook(streamed: StreamedEvent) -> bytes:
    """Render the default payload of a webhook: a row of the export with times like `2022-10-24T20:07:32.123`."""
    row = render_row(streamed.project, streamed.event, streamed.first_ms)
    times = {key: _webhook_time(value) for key, value in row.items() if key.endswith("_time") and value}
    return msgspec.json.encode({**row, **times})


def failed_ones(answer: bytes, sent: Mapping[Sent, StreamedEvent]) -> list[Sent]:
    """Read whose events a 202 lists as failed, by idempotency key or else by user."""
    try:
        failures = msgspec.json.decode(answer, type=_Accepted).errors
    except MALFORMED:
        return []
    keys = {failure.event_id for failure in failures}
    users = {failure.event_user_id for failure in failures if failure.event_id is None}
    return [each for each, streamed in sent.items() if streamed.idempotency_key in keys or streamed.mapped in users]


def _custom_event(streamed: StreamedEvent) -> dict[str, Any]:
    at = moment(streamed.event.time_ms)
    return {
        "name": streamed.event.event_type,
        "external_id": streamed.mapped,
        "timestamp": at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1_000:03}Z",
        "idempotency_key": streamed.idempotency_key,
        "properties": {
            name: spelled(value) for name, value in streamed.properties.items() if not isinstance(value, (dict, list))
        },
    }


def _webhook_time(said: str) -> str:
    return said.replace(" ", "T")[: -len("000")]
