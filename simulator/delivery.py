"""The account of a message: from OneSignal's sent, confirmed and clicked to Amplitude's events and users."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from simulator.simulation import Simulation
from simulator.story import Check, Line


class Measure(NamedTuple):
    """One number by all its names (`facts/integration.md` 1.2, 1.5)."""

    name: str
    statistic: str
    column: str
    event_type: str


MEASURES: Final = (
    Measure("sent", "successful", "sent", "Push Pending Delivery"),
    Measure("confirmed", "received", "delivered", "Push Confirmed Delivery"),
    Measure("clicked", "converted", "clicked", "Push Clicked"),
)


class Reached(NamedTuple):
    """One device a message was meant for: whose it is (empty: nobody's), and which measures it counts for."""

    external_id: str
    subscription_id: str
    measures: frozenset[str]


@dataclass(frozen=True, slots=True)
class Part:
    """The account of one measure: disjoint devices on OneSignal's side, events and users on Amplitude's."""

    measure: Measure
    onesignal: int
    without_external_id: tuple[Reached, ...]
    with_external_id: tuple[Reached, ...]
    events: frozenset[tuple[str, str]]
    users: int

    @property
    def sum_holds(self) -> bool:
        """Whether both services' numbers follow from each other."""
        expected = {(device.external_id, device.subscription_id) for device in self.with_external_id}
        devices = len(self.without_external_id) + len(self.with_external_id)
        return devices == self.onesignal and expected == self.events and self.users == len({who for who, _ in expected})


def account(simulation: Simulation, notification_id: str) -> tuple[Part, ...]:
    """Account for every measure of one message, from both services' own answers."""
    reader, amplitude = simulation.onesignal_reader(), simulation.amplitude_reader()
    statistics = reader.statistics(notification_id)
    devices = [_reached(row) for row in reader.audience_activity(notification_id)]
    today = simulation.clock.now()
    events = [event for event in amplitude.exported(today, today) if _delivery_id(event) == notification_id]
    return tuple(_part(measure, statistics, devices, events) for measure in MEASURES)


def lines(parts: Iterable[Part]) -> tuple[Line, ...]:
    """Tell the account line by line."""
    return tuple(line for part in parts for line in _lines(part))


def checks(parts: Iterable[Part]) -> tuple[Check, ...]:
    """State what must be true of every measure."""
    return tuple(
        Check(
            f"{part.measure.name}: OneSignal's number and Amplitude's explain each other",
            part.sum_holds,
            f"OneSignal {part.onesignal:,}; Amplitude {len(part.events):,} events of {part.users:,} users",
        )
        for part in parts
    )


def explain(parts: Iterable[Part], user: str) -> Iterator[str]:
    """Tell in words on which devices of a user (or on which device) each measure counts."""
    for part in parts:
        for device in (*part.with_external_id, *part.without_external_id):
            if user in {device.external_id, device.subscription_id}:
                seen = (device.external_id, device.subscription_id) in part.events
                whose = f"user {device.external_id!r}" if device.external_id else "nobody: it has no external id"
                found = f"found as {part.measure.event_type!r}" if seen else "not there"
                yield f"{part.measure.name} on device {device.subscription_id} of {whose}; in Amplitude {found}"


def everybody(parts: Iterable[Part]) -> Iterator[tuple[str, str]]:
    """List each device of each measure with whose it is."""
    for part in parts:
        for device in (*part.with_external_id, *part.without_external_id):
            whose = f"device of {device.external_id!r}" if device.external_id else "device without an external id"
            yield device.subscription_id, f"{part.measure.name}: {whose}"


def _reached(row: Mapping[str, str]) -> Reached:
    counted = frozenset(measure.name for measure in MEASURES if row[measure.column] == "true")
    return Reached(row["external_user_id"], row["subscription_id"], counted)


def _part(
    measure: Measure,
    statistics: Mapping[str, int],
    devices: Iterable[Reached],
    exported: Iterable[Mapping[str, object]],
) -> Part:
    counted = [device for device in devices if measure.name in device.measures]
    events = [event for event in exported if event["event_type"] == measure.event_type]
    return Part(
        measure=measure,
        onesignal=statistics[measure.statistic],
        without_external_id=tuple(device for device in counted if not device.external_id),
        with_external_id=tuple(device for device in counted if device.external_id),
        events=frozenset((str(event["user_id"]), str(event["device_id"])) for event in events),
        users=len({event["user_id"] for event in events}),
    )


def _delivery_id(event: Mapping[str, object]) -> object:
    properties = event["event_properties"]
    assert isinstance(properties, dict)
    return properties.get("delivery_id")


def _lines(part: Part) -> tuple[Line, ...]:
    measure, events, users = part.measure, len(part.events), part.users
    owners = len({device.external_id for device in part.with_external_id})
    nobodys = len(part.without_external_id)
    return (
        Line(f"OneSignal: {measure.name}", owners, part.onesignal, part.onesignal, "messages"),
        Line("devices without an external id", 0, nobodys, nobodys, sign="-"),
        Line(f'Amplitude: "{measure.event_type}"', users, events, events, "events", "="),
        Line("further devices of the same users", 0, events - users, events - users, sign="-"),
        Line("Amplitude: unique users", users, users, users, "users", "="),
    )
