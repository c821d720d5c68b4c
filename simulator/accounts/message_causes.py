"""Why Amplitude does not have the event of a message: one code of the catalogue (`facts/integration.md` 2.6)."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from bridge.contracts import CONTRACTS
from bridge.identifiers import objection
from simulator.simulation import Simulation

MESSAGE_KEYS: Final = ("delivery_id", "Message ID")


def message_of(event: Mapping[str, Any]) -> str:
    """Give the OneSignal message that an event of Amplitude is about; "" when it is about none."""
    properties = event["event_properties"]
    return next((str(properties[key]) for key in MESSAGE_KEYS if key in properties), "")


def names_of(kind: str) -> Iterator[str]:
    """Give the names of a kind of event in Amplitude, oldest contract first."""
    return (contract.events[kind].event_type for contract in CONTRACTS.values() if kind in contract.events)


class MessageClues:
    """What decides between the reasons for one message, as the bridge, the stream and the settings show it."""

    def __init__(self, simulation: Simulation, message: Mapping[str, Any], *, has_arrived: bool) -> None:
        self._simulation = simulation
        self._has_arrived = has_arrived
        self._sent_at = datetime.fromtimestamp(message["queued_at"], UTC)

    def event_type(self, kind: str) -> str:
        """Give the name that the connection has for a kind, also for one that it does not send."""
        connection = self._simulation.connection
        events = CONTRACTS["2022"].events if connection is None else connection.event_contract.events
        return events[kind].event_type if kind in events else kind

    def of_missing(self, kind: str, external_id: str) -> str:
        """Say why the event of a device is not in Amplitude; "" for a reason that is not known."""
        if self._was_sent_before_the_connection:
            return "B30"
        if not external_id:
            return "B02"
        if kind not in self._simulation.bridge_contract:
            return "B01"
        if objection("external_id", external_id) is not None:
            return "B14"
        return self._of_the_way()

    def _of_the_way(self) -> str:
        if self._simulation.bridge.status().connections[0].events.held_because is not None:
            return "B17"
        streams = self._simulation.onesignal.event_streams(self._simulation.app.id)
        return "B25" if any(stream.failed or not stream.is_enabled for stream in streams) else ""

    @cached_property
    def _was_sent_before_the_connection(self) -> bool:
        integration = self._simulation.onesignal.dashboard.integration(self._simulation.app.id)
        return not self._has_arrived and (integration is None or self._sent_at < integration.activated_at)
