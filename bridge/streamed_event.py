"""Reads an event as Amplitude's streaming webhook posts it: a row of its export, or a list of rows.

The row is that of facts/amplitude-api.md 1.12, with times like `2022-10-24T20:07:32.123` (5.1 of the same).
"""

from __future__ import annotations

from datetime import UTC, datetime

import msgspec

from bridge.errors import Malformed
from bridge.identifiers import mapped_id

EVENTS_MAX = 1_000


class StreamedEvent(msgspec.Struct, frozen=True):
    """What the bridge reads of a row."""

    event_type: str
    user_id: str | int | None = None
    insert_id: str | None = msgspec.field(name="$insert_id", default=None)
    plain_insert_id: str | None = msgspec.field(name="insert_id", default=None)
    uuid: str | None = None
    event_time: str | None = None
    event_properties: dict[str, object] | None = None
    user_properties: dict[str, object] | None = None

    @property
    def source_id(self) -> str:
        """The id under which Amplitude itself knows a repeated event again."""
        return self.insert_id or self.plain_insert_id or self.uuid or ""

    @property
    def timestamp(self) -> str:
        """When it happened, in ISO 8601; Amplitude's times are in UTC and do not say so."""
        moment = datetime.fromisoformat(self.event_time or "")
        moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
        return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def mapped(self, name: str) -> str | None:
        """Answer the external id out of the mapped property; None when it has no value."""
        external_id = mapped_id(name, self.user_id, self.user_properties)
        return external_id if external_id and external_id.strip() else None

    def texts(self, wanted: frozenset[str] | None) -> tuple[dict[str, str], bool]:
        """Answer the wanted properties as texts, as Amplitude streams them, and whether some could not be one."""
        texts: dict[str, str] = {}
        left_out = False
        for name, value in (self.event_properties or {}).items():
            if value is None or (wanted is not None and name not in wanted):
                continue
            if isinstance(value, list | dict):
                left_out = True
            else:
                texts[name] = value if isinstance(value, str) else msgspec.json.encode(value).decode()
        return texts, left_out


def parse_streamed_events(body: bytes) -> list[StreamedEvent]:
    """Answer the events of one request; raises Malformed, and then none of them is taken."""
    try:
        sent = _DECODER.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not a streamed event: {error}") from error
    events = sent if isinstance(sent, list) else [sent]
    if len(events) > EVENTS_MAX:
        raise Malformed(f"more than {EVENTS_MAX} events in one request")
    for event in events:
        _require_sense(event)
    return events


def _require_sense(event: StreamedEvent) -> None:
    if not event.event_type.strip() or not event.source_id.strip():
        raise Malformed("not a streamed event: event_type and $insert_id or uuid must not be blank")
    texts = (event.event_type, event.source_id, str(event.user_id))
    if any("\0" in text for text in texts):
        raise Malformed("not a streamed event: a NUL character")
    try:
        _ = event.timestamp
    except (ValueError, OverflowError) as error:
        raise Malformed("not a streamed event: event_time is not an ISO 8601 time") from error


_DECODER = msgspec.json.Decoder(StreamedEvent | list[StreamedEvent])
