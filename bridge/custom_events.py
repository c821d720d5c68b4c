"""The third flow: an event of Amplitude arrives by its streaming webhook and leaves as a custom event of OneSignal."""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import msgspec

from bridge.contracts.year_2026 import PREFIX
from bridge.identifiers import hints, objection
from bridge.records import ClaimedDelivery, NewDelivery, Outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.answers import Answer
    from bridge.onesignal_events import OneSignalEvents
    from bridge.outbox import Outbox
    from bridge.settings import Connection
    from bridge.streamed_event import StreamedEvent

NAME_CHARACTERS_MAX = 128
EVENT_BYTES_MAX = 2_024
NEVER_STREAMED = frozenset({"_all", "_identify", "$identify", "$groupidentify"})
_KEYS = UUID("6b1f0c8e-4d1a-5d7e-9a53-0d8e3c2f7a41")  # ours; under it an insert id always gives the same key


class CustomEvent(msgspec.Struct, frozen=True):
    """An event as OneSignal's custom events take it (facts/integration.md 3)."""

    name: str
    external_id: str
    timestamp: str
    idempotency_key: str
    properties: dict[str, str]


class CustomEventFlow:
    """Custom events of one connection: what arrives, what it means, what leaves."""

    def __init__(self, connection: Connection, *, outbox: Outbox, onesignal: OneSignalEvents) -> None:
        self._connection = connection
        self._chosen = connection.custom_events
        self._outbox = outbox
        self._onesignal = onesignal
        self.claim_max = onesignal.events_max

    def receive(self, events: Sequence[StreamedEvent]) -> int:
        """Store the events durably, so that a repeated one holds up no other; answers how many were new."""
        return sum(self._receive(event) for event in events)

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Send them to OneSignal; answers by delivery id what became of those that were tried."""
        return self._onesignal.send(deliveries)

    def settled(self, deliveries: Sequence[ClaimedDelivery], outcomes: Outcomes) -> None:
        """Keep no account beside the outbox's."""

    def _receive(self, event: StreamedEvent) -> bool:
        external_id = event.mapped(self._chosen.external_id_from)
        ignored_because = self._ignored_because(event, external_id)
        if external_id is None or ignored_because is not None:
            self._outbox.ignore(self._connection.name, "custom_events", ignored_because or UNMAPPED)
            return False
        return self._outbox.put(self._connection.name, "custom_events", [self._delivery(event, external_id)])

    def _ignored_because(self, event: StreamedEvent, external_id: str | None) -> str | None:
        if event.event_type in NEVER_STREAMED:
            return "never streamed"
        if self._chosen.events is None and event.event_type.startswith(PREFIX):
            return "came from OneSignal itself"
        if self._chosen.events is not None and event.event_type not in self._chosen.events:
            return "event is not selected"
        return None if external_id else UNMAPPED

    def _delivery(self, event: StreamedEvent, external_id: str) -> NewDelivery:
        properties, left_out = event.texts(self._chosen.properties)
        custom = CustomEvent(
            name=event.event_type,
            external_id=external_id,
            timestamp=event.timestamp,
            idempotency_key=str(uuid5(_KEYS, f"{self._connection.onesignal.app_id}/{event.source_id}")),
            properties=properties,
        )
        payload = _ENCODER.encode(custom)
        return NewDelivery(
            lane=external_id,
            kind=event.event_type,
            payload=payload,
            source_id=event.source_id,
            buried_because=_objection(custom, payload),
            notes=(*((LEFT_OUT,) if left_out else ()), *hints("external_id", external_id)),
        )


UNMAPPED = "unresolved mapping"
LEFT_OUT = "a property that is a list or an object was left out"


def _objection(event: CustomEvent, payload: bytes) -> str | None:
    """Say why OneSignal would refuse an event, before it joins others."""
    if len(event.name) > NAME_CHARACTERS_MAX:
        return f"the name is longer than {NAME_CHARACTERS_MAX} characters"
    if len(payload) > EVENT_BYTES_MAX:
        return f"the event is longer than {EVENT_BYTES_MAX} bytes"
    return objection("external_id", event.external_id)


_ENCODER = msgspec.json.Encoder()
