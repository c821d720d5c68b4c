"""All that both services, the bridge and the wire have to say of messages, read once."""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

from bridge.contracts import CONTRACTS
from bridge.message_events import FILLED
from simulator.accounts.message_causes import message_of
from simulator.accounts.notes import Note
from simulator.accounts.records import Channel
from simulator.journal import Exchange
from simulator.simulation import Simulation

Event = Mapping[str, Any]

MESSAGE_EVENTS: Final = frozenset(
    event.event_type for contract in CONTRACTS.values() for event in contract.events.values()
)


@dataclass(frozen=True)
class Evidence:
    """Amplitude's raw events in the order in which they arrived, OneSignal's messages and channels, and the wire.

    `own_messages` are the ids of every message that the app ever sent, `kinds` counts OneSignal's own message events,
    `credited` says whom the Amplitude IDs of events without a user stand for, and `was_filled` counts the events whose
    blank fields the bridge has filled in.
    """

    events: Sequence[Event]
    messages: Mapping[str, Mapping[str, Any]]
    own_messages: frozenset[str]
    kinds: Counter[str]
    channels: Mapping[str, Channel]
    exchanges: Sequence[Exchange]
    credited: Mapping[int, str]
    was_filled: int

    @cached_property
    def of_messages(self) -> list[Event]:
        """The events that tell what became of a message."""
        return [event for event in self.events if event["event_type"] in MESSAGE_EVENTS]

    @cached_property
    def by_device(self) -> dict[tuple[str, str], list[Event]]:
        """The events of each message (by its id, or, in-app, by its name) on each device."""
        found: dict[tuple[str, str], list[Event]] = {}
        for event in self.of_messages:
            message = message_of(event) or str(event["event_properties"].get("Message Name", ""))
            found.setdefault((message, str(event["device_id"])), []).append(event)
        return found

    def owner(self, event: Event) -> str:
        """Give the external id that the device of an event has in OneSignal now; "" for none."""
        channel = self.channels.get(str(event["device_id"]))
        return "" if channel is None else channel.external_id


Teller = Callable[[Evidence], Iterator[Note]]


def look(simulation: Simulation) -> Evidence:
    """Look at everything once."""
    onesignal, amplitude = simulation.onesignal_reader(), simulation.amplitude_reader()
    events = list(amplitude.exported(simulation.began, simulation.clock.now()))
    anonymous = {int(event["amplitude_id"]) for event in events if not event["user_id"]}
    ledger = simulation.onesignal.message_events(simulation.app.id)
    return Evidence(
        events=events,
        messages={message["id"]: message for message in onesignal.messages()},
        own_messages=frozenset(event.message_id for event in ledger),
        kinds=Counter(event.kind for event in ledger),
        channels={channel.subscription_id: channel for channel in onesignal.channels()},
        exchanges=tuple(simulation.journal),
        credited={each: amplitude.user_of(each) for each in sorted(anonymous)},
        was_filled=simulation.bridge.status().connections[0].events.noted.get(FILLED, 0),
    )


def when(event: Event, column: str = "event_time") -> datetime:
    """Read a moment of an event."""
    return datetime.fromisoformat(event[column]).replace(tzinfo=UTC)
