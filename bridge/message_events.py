"""The way out: a message event of OneSignal arrives, is named by the contract, and leaves for Amplitude."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from bridge.contracts.kinds import KINDS
from bridge.identifiers import hints, objection
from bridge.naming import amplitude_event
from bridge.outbox import ALREADY_RECEIVED, Outbox
from bridge.records import ClaimedDelivery, NewDelivery, Outcomes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bridge.amplitude import Amplitude
    from bridge.answers import Answer
    from bridge.message_memory import MessageMemory
    from bridge.settings import Connection
    from bridge.source_event import MessageEvent

UNKNOWN_KIND = "unknown kind"
KEPT_ANONYMOUS = "kept under its device: no external_id"
FILLED = "blank message fields filled from an earlier event of the message"


class MessageEvents:
    """Message events of one connection: what arrives, what it means, what leaves."""

    def __init__(self, connection: Connection, *, outbox: Outbox, memory: MessageMemory, amplitude: Amplitude) -> None:
        self._connection = connection
        self._outbox = outbox
        self._memory = memory
        self._amplitude = amplitude
        self.fields = connection.fields
        self.claim_max = amplitude.events_max

    def receive(self, event: MessageEvent) -> str | None:
        """Store one event durably; answers why it will not be sent, or None when it will.

        A kind that nobody knows yet is kept, buried, with all that was read of it.
        """
        completed = event if self._is_of_another_app(event) else self._memory.complete(event)
        ignored_because = self._ignored_because(event)
        if ignored_because is not None:
            self._outbox.ignore(self._connection.name, "events", ignored_because)
            return ignored_because
        if event.kind not in KINDS:
            kept = self._outbox.put(self._connection.name, "events", [_unknown(event)])
            return UNKNOWN_KIND if kept else ALREADY_RECEIVED
        delivery = self._delivery(completed, was_filled=completed is not event)
        stored = self._outbox.put(self._connection.name, "events", [delivery])
        return None if stored else ALREADY_RECEIVED

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> dict[int, Answer]:
        """Upload to Amplitude; answers by delivery id what became of those that were tried."""
        return self._amplitude.upload(deliveries)

    def settled(self, deliveries: Sequence[ClaimedDelivery], outcomes: Outcomes) -> None:
        """Keep no account beside the outbox's."""

    def _ignored_because(self, event: MessageEvent) -> str | None:
        connection = self._connection
        if self._is_of_another_app(event):
            return "another app"
        if event.kind not in KINDS:
            return None
        if event.kind not in connection.event_contract.events:
            return f"kind is not in contract {connection.contract}"
        if not connection.selects(event.kind):
            return "kind is not selected"
        if event.external_id or (connection.anonymous == "keep" and event.subscription_id):
            return None
        return "anonymous"

    def _is_of_another_app(self, event: MessageEvent) -> bool:
        return event.app_id not in ("", self._connection.onesignal.app_id)

    def _delivery(self, event: MessageEvent, *, was_filled: bool) -> NewDelivery:
        named = self._connection.event_contract.events[event.kind]
        return NewDelivery(
            lane=event.external_id or event.subscription_id,
            kind=event.kind,
            payload=_ENCODER.encode(amplitude_event(event, named, self._connection.texts)),
            source_id=event.id,
            buried_because=self._objection(event),
            notes=_notes(event, was_filled=was_filled),
        )

    def _objection(self, event: MessageEvent) -> str | None:
        """One id that Amplitude refuses would hold up a whole upload, so it is buried before it joins one."""
        min_length = self._connection.min_id_length
        for name, identifier in (("external_id", event.external_id), ("subscription_id", event.subscription_id)):
            against = objection(name, identifier, min_length=min_length) if identifier else None
            if against is not None:
                return against
        return None


def _unknown(event: MessageEvent) -> NewDelivery:
    return NewDelivery(
        lane=event.external_id or event.subscription_id,
        kind=event.kind,
        payload=_ENCODER.encode(event),
        source_id=event.id,
        buried_because=UNKNOWN_KIND,
    )


def _notes(event: MessageEvent, *, was_filled: bool) -> tuple[str, ...]:
    """Say what was decided about an event that is sent; each is counted."""
    anonymous = () if event.external_id else (KEPT_ANONYMOUS,)
    return (*anonymous, *((FILLED,) if was_filled else ()), *hints("external_id", event.external_id))


_ENCODER = msgspec.json.Encoder()
