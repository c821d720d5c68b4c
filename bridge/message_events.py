"""The way out: a message event of OneSignal arrives, is named by the contract, and leaves for Amplitude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.contracts.kinds import KINDS
from bridge.identifiers import objection
from bridge.outbox import ALREADY_RECEIVED, Outbox
from bridge.records import ClaimedDelivery, NewDelivery

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.amplitude import Amplitude
    from bridge.answers import Answer
    from bridge.contracts import ContractEvent
    from bridge.settings import Connection
    from bridge.source_event import MessageEvent

TEXT_CHARACTERS_MAX = 1024  # Amplitude cuts there itself (facts/amplitude-api.md 1.3)


class AmplitudeEvent(msgspec.Struct, frozen=True, omit_defaults=True):
    """An event as HTTP V2 takes it (facts/integration.md 1.6)."""

    event_type: str
    time: int
    insert_id: str
    event_properties: dict[str, str]
    user_id: str | None = None
    device_id: str | None = None


class MessageEvents:
    """Message events of one connection: what arrives, what it means, what leaves."""

    def __init__(self, connection: Connection, outbox: Outbox, amplitude: Amplitude) -> None:
        self._connection = connection
        self._outbox = outbox
        self._amplitude = amplitude
        self.claim_max = amplitude.events_max

    def receive(self, event: MessageEvent) -> str | None:
        """Store one event durably; answers why it was not stored, or None when it was."""
        ignored_because = self._ignored_because(event)
        if ignored_because is not None:
            self._outbox.ignore(self._connection.name, "events", ignored_because)
            return ignored_because
        stored = self._outbox.put(self._connection.name, "events", [self._delivery(event)])
        return None if stored else ALREADY_RECEIVED

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Upload to Amplitude; answers by delivery id what became of those that were tried."""
        return self._amplitude.upload(deliveries)

    def _ignored_because(self, event: MessageEvent) -> str | None:
        connection = self._connection
        if event.app_id and event.app_id != connection.onesignal.app_id:
            return "another app"
        if event.kind not in KINDS:
            return "unknown kind"
        if event.kind not in connection.event_contract.events:
            return f"kind is not in contract {connection.contract}"
        if not connection.selects(event.kind):
            return "kind is not selected"
        if event.external_id or (connection.anonymous == "keep" and event.subscription_id):
            return None
        return "anonymous"

    def _delivery(self, event: MessageEvent) -> NewDelivery:
        named = self._connection.event_contract.events[event.kind]
        return NewDelivery(
            lane=event.external_id or event.subscription_id,
            kind=event.kind,
            payload=_ENCODER.encode(amplitude_event(event, named)),
            source_id=event.id,
            buried_because=self._objection(event),
        )

    def _objection(self, event: MessageEvent) -> str | None:
        """One id that Amplitude refuses would hold up a whole upload, so it is buried before it joins one."""
        min_length = self._connection.min_id_length
        for name, identifier in (("external_id", event.external_id), ("subscription_id", event.subscription_id)):
            against = objection(name, identifier, min_length=min_length) if identifier else None
            if against is not None:
                return against
        return None


def amplitude_event(event: MessageEvent, named: ContractEvent) -> AmplitudeEvent:
    """Name an event by its row of the contract; a property that has no value is left out."""
    sources = ((label, getattr(event, source)) for label, source in named.properties.items())
    texts = {label: text[:TEXT_CHARACTERS_MAX] for label, text in sources if text}
    return AmplitudeEvent(
        event_type=named.event_type,
        time=event.time_ms,
        insert_id=event.id,
        event_properties={**texts, **named.constants},
        user_id=event.external_id or None,
        device_id=event.subscription_id or None,
    )


_ENCODER = msgspec.json.Encoder()
