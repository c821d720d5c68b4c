"""The account of a message: from OneSignal's sent, confirmed and clicked to Amplitude's events and users."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, NamedTuple

from simulator.accounts.catalogue import entry
from simulator.accounts.message_causes import MessageClues, message_of
from simulator.accounts.message_evidence import when
from simulator.accounts.message_symptoms import symptoms
from simulator.accounts.notes import Note
from simulator.simulation import Simulation
from simulator.story import Check, Line


class Measure(NamedTuple):
    """One number by all its names (`facts/integration.md` 1.2, 1.5)."""

    name: str
    statistic: str
    column: str
    kind: str


MEASURES: Final = (
    Measure("sent", "successful", "sent", "message.push.sent"),
    Measure("confirmed", "received", "delivered", "message.push.received"),
    Measure("clicked", "converted", "clicked", "message.push.clicked"),
)


class Reached(NamedTuple):
    """One device a message was meant for: whose it is (empty: nobody's), and which measures it counts for."""

    external_id: str
    subscription_id: str
    measures: frozenset[str]


class Missing(NamedTuple):
    """A device whose event is not in Amplitude, and the code of the reason ("": none is known)."""

    device: Reached
    code: str


@dataclass(frozen=True, slots=True)
class Part:
    """The account of one measure: disjoint devices on OneSignal's side, events and users on Amplitude's.

    `events` holds user and device of every event; `missing` and `found` together are the devices that OneSignal counts.
    """

    measure: Measure
    event_type: str
    onesignal: int
    missing: tuple[Missing, ...]
    found: tuple[Reached, ...]
    events: tuple[tuple[str, str], ...]

    @property
    def devices(self) -> Iterator[Reached]:
        """Every device that OneSignal counts, those that Amplitude misses first."""
        yield from (missing.device for missing in self.missing)
        yield from self.found

    @property
    def repeated(self) -> int:
        """How many events come from a device that has one already."""
        return len(self.events) - len({device for _, device in self.events})

    @property
    def users(self) -> int:
        """How many users Amplitude counts; an event without a user is its device's."""
        return len({user or device for user, device in self.events})

    @property
    def sum_holds(self) -> bool:
        """Whether both services' numbers follow from each other: each device is explained, and each event has one."""
        is_explained = all(missing.code for missing in self.missing)
        expected = {device.subscription_id for device in self.found}
        is_counted = len(self.missing) + len(self.found) == self.onesignal
        return is_explained and is_counted and expected == {device for _, device in self.events}


def account(simulation: Simulation, notification_id: str) -> tuple[Part, ...]:
    """Account for every measure of one message as it is now, from both services' own answers."""
    reader, amplitude = simulation.onesignal_reader(), simulation.amplitude_reader()
    asked = simulation.clock.now()
    statistics = reader.statistics(notification_id)
    devices = [_reached(row) for row in reader.audience_activity(notification_id)]
    exported = amplitude.exported(simulation.began, asked)
    events = [event for event in exported if message_of(event) == notification_id and when(event) <= asked]
    clues = MessageClues(simulation, statistics, has_arrived=bool(events))

    def part(measure: Measure) -> Part:
        counted = (device for device in devices if measure.name in device.measures)
        event_type = clues.event_type(measure.kind)
        of_type = (event for event in events if event["event_type"] == event_type)
        return _part(
            measure,
            event_type,
            onesignal=statistics[measure.statistic],
            devices=tuple(counted),
            events=tuple((str(event["user_id"] or ""), str(event["device_id"])) for event in of_type),
            cause=lambda device: clues.of_missing(measure.kind, device.external_id),
        )

    return tuple(map(part, MEASURES))


def notes(simulation: Simulation) -> tuple[Note, ...]:
    """Look at all messages, and say what is to be said beside their accounts."""
    return symptoms(simulation)


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
        codes = {missing.device: missing.code for missing in part.missing}
        for device in part.devices:
            if user in {device.external_id, device.subscription_id}:
                whose = f"user {device.external_id!r}" if device.external_id else "nobody: it has no external id"
                found = _found(part, codes.get(device))
                yield f"{part.measure.name} on device {device.subscription_id} of {whose}; in Amplitude {found}"


def everybody(parts: Iterable[Part]) -> Iterator[tuple[str, str]]:
    """List each device of each measure with whose it is."""
    for part in parts:
        for device in part.devices:
            whose = f"device of {device.external_id!r}" if device.external_id else "device without an external id"
            yield device.subscription_id, f"{part.measure.name}: {whose}"


_ALWAYS_TOLD: Final = "B02"
_WORDS: Final = {
    "B02": "devices without an external id",
    "B30": "sent before the integration was switched on",
    "B01": "kind of event not selected",
    "B14": "external id that Amplitude refuses",
    "B17": "waiting: keys of the other region",
    "B25": "given up by the event stream",
    "": "not explained",
}


def _found(part: Part, code: str | None) -> str:
    if code is None:
        return f"found as {part.event_type!r}"
    return f"not there ({code}: {entry(code).sentence})" if code else "not there"


def _reached(row: Mapping[str, str]) -> Reached:
    counted = frozenset(measure.name for measure in MEASURES if row[measure.column] == "true")
    return Reached(row["external_user_id"], row["subscription_id"], counted)


def _part(
    measure: Measure,
    event_type: str,
    *,
    onesignal: int,
    devices: Iterable[Reached],
    events: tuple[tuple[str, str], ...],
    cause: Callable[[Reached], str],
) -> Part:
    arrived = {device for _, device in events}
    missing, found = [], []
    for device in devices:
        if device.subscription_id in arrived:
            found.append(device)
        else:
            missing.append(Missing(device, cause(device)))
    return Part(measure, event_type, onesignal, tuple(missing), tuple(found), events)


def _lines(part: Part) -> Iterator[Line]:
    measure, events, users, repeated = part.measure, len(part.events), part.users, part.repeated
    owners = len({device.external_id for device in part.devices if device.external_id})
    yield Line(f"OneSignal: {measure.name}", owners, part.onesignal, part.onesignal, "messages")
    codes = Counter(missing.code for missing in part.missing)
    for code, words in _WORDS.items():
        if codes[code] or code == _ALWAYS_TOLD:
            yield Line(words, 0, codes[code], codes[code], sign="-")
    if repeated:
        yield Line("further events of the same devices", 0, repeated, repeated, sign="+")
    yield Line(f'Amplitude: "{part.event_type}"', users, events, events, "events", "=")
    yield Line("further devices of the same users", 0, events - users, events - users, sign="-")
    yield Line("Amplitude: unique users", users, users, users, "users", "=")
