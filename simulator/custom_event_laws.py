"""The laws of the third flow: what Amplitude streams to the bridge, held against OneSignal's custom events."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Final, NamedTuple

import orjson

from bridge import Connection
from fake_amplitude.streams import Stream, Webhook
from fake_onesignal.custom_events import CustomEvent
from simulator.connecting import door_of
from simulator.crosswalk import PREFIX
from simulator.simulation import Simulation
from simulator.story import Check

Row = Mapping[str, Any]
_NEVER_STREAMED: Final = frozenset({"_all", "_identify", "$identify", "$groupidentify"})


class Told(NamedTuple):
    """What a custom event says: which, whose, when (in milliseconds since 1970), with which properties."""

    name: str
    external_id: str
    at_ms: int
    properties: tuple[tuple[str, str], ...]

    @property
    def deed(self) -> tuple[object, ...]:
        """What happened, whoever did it."""
        return self.name, self.at_ms, self.properties


@dataclass(frozen=True, slots=True)
class Streamed:
    """All that is known of the third flow of one simulation.

    `wanted` is what each of Amplitude's events should be told as, by its insert_id; `kept` is what OneSignal has, in
    its order. `given_up` counts what Amplitude dropped or has not brought yet, `counted` what the bridge
    says it delivered, `in_all` what is at OneSignal. Custom events of a name that others use, too, are not judged.
    """

    wanted: Mapping[str, Told]
    kept: Sequence[Told]
    acknowledged: Mapping[str, int]
    buried: frozenset[str]
    given_up: int
    counted: int
    in_all: int


def custom_event_laws(streamed: Streamed) -> Iterator[Check]:
    """Check every law of the third flow."""
    owed = defaultdict(list)
    for insert_id, told in streamed.wanted.items():
        owed[told].append(insert_id)
    arrived: list[str] = []
    surplus: list[Told] = []
    for told in streamed.kept:
        if owed.get(told):
            arrived.append(owed[told].pop(0))
        else:
            surplus.append(told)
    missing = {insert_id: told for told, ids in owed.items() for insert_id in ids if insert_id not in streamed.buried}
    yield from _all_came(streamed, missing, [told for told in surplus if told in owed])
    yield from _nothing_else_came([told for told in surplus if told not in owed], tuple(missing.values()))
    yield _in_order(streamed, arrived)
    counted, in_all = streamed.counted, streamed.in_all
    yield Check(
        "the bridge counts no custom event that did not arrive",
        counted <= in_all,
        f"{counted} counted, {in_all} at OneSignal",
    )


def _all_came(streamed: Streamed, missing: Mapping[str, Told], twice: Sequence[Told]) -> Iterator[Check]:
    yield Check(
        "every streamed event became one custom event",
        not twice and len(missing) <= streamed.given_up,
        f"{len(streamed.wanted)} wanted, {len(missing)} missing, {streamed.given_up} given up by Amplitude, "
        f"{len(streamed.buried)} buried, {len(twice)} twice",
    )
    lost = missing.keys() & streamed.acknowledged.keys()
    yield Check("what the bridge took from Amplitude was kept", not lost, f"{len(lost)} events taken and lost")


def _nothing_else_came(surplus: Sequence[Told], missing: Sequence[Told]) -> Iterator[Check]:
    """Tell what should not be there: under a wrong user, told wrongly, or out of nothing."""
    deeds, people = {told.deed for told in missing}, {(told.name, told.external_id) for told in missing}
    named = {(told.external_id, told.at_ms) for told in missing}
    strangers = [told for told in surplus if told.deed in deeds]
    rest = [told for told in surplus if told.deed not in deeds]
    untrue = [told for told in rest if (told.name, told.external_id) in people or (told[1], told[2]) in named]
    invented = [told for told in rest if told not in untrue]
    yield Check("no custom event was invented", not invented, f"{len(invented)} that nobody streamed: {invented[:2]}")
    yield Check("every custom event is its own user's", not strangers, f"{len(strangers)} of others: {strangers[:2]}")
    yield Check("every custom event says what happened", not untrue, f"{len(untrue)} untruths: {untrue[:2]}")


def _in_order(streamed: Streamed, arrived: Sequence[str]) -> Check:
    """Hold each user's events against the order in which the bridge took them."""
    latest: dict[str, int] = {}
    overtaken = []
    for insert_id in arrived:
        turn, whose = streamed.acknowledged.get(insert_id), streamed.wanted[insert_id].external_id
        if turn is not None:
            if turn < latest.get(whose, turn):
                overtaken.append(insert_id)
            latest[whose] = max(turn, latest.get(whose, turn))
    return Check("one user's custom events keep their order", not overtaken, f"{len(overtaken)} events overtaken")


def streamed(simulation: Simulation, rows: Sequence[Row], buried: frozenset[str]) -> Streamed:
    """Gather what Amplitude, OneSignal and the bridge say of the third flow; `rows` is all that Amplitude exports."""
    connection = simulation.connection
    assert connection is not None
    streams = _streams(simulation, connection)
    others = simulation.witness.custom_names
    kept = simulation.onesignal.messaging.custom_events(simulation.app.id)
    return Streamed(
        wanted={key: told for key, told in _wanted(connection, streams, rows) if told.name not in others},
        kept=[_as_kept(event) for event in kept if event.name not in others],
        acknowledged=simulation.witness.streamed,
        buried=buried,
        counted=simulation.bridge.status().connections[0].custom_events.delivered,
        in_all=len(kept),
        given_up=sum(stream.total.not_delivered + len(stream.waiting) for stream in streams),
    )


def _as_kept(event: CustomEvent) -> Told:
    at_ms = int(event.at.timestamp() * 1000)
    return Told(event.name, event.external_id, at_ms, tuple(sorted(event.properties.items())))


def _streams(simulation: Simulation, connection: Connection) -> list[Stream]:
    """Find the streams that end at the bridge's door."""
    door = f"{door_of(connection)}/custom-events"
    every = simulation.amplitude[simulation.region].world.state.streams.values()
    targets = ((stream, stream.destination.target) for stream in every)
    return [stream for stream, target in targets if isinstance(target, Webhook) and target.url == door]


def _wanted(connection: Connection, streams: Sequence[Stream], rows: Sequence[Row]) -> Iterator[tuple[str, Told]]:
    chosen = connection.custom_events
    for row in rows if streams else ():
        name = row["event_type"]
        is_selected = not name.startswith(PREFIX) if chosen.events is None else name in chosen.events
        if is_selected and name not in _NEVER_STREAMED and any(_streams_it(stream, row) for stream in streams):
            told = _told(connection, row)
            if told.external_id.strip():
                yield row["$insert_id"] or row["uuid"], told


def _streams_it(stream: Stream, row: Row) -> bool:
    types = stream.destination.event_types
    return row["event_id"] >= stream.first_number and (types is None or row["event_type"] in types)


def _told(connection: Connection, row: Row) -> Told:
    """Write a row as the custom event that it should become: its properties are texts, lists and objects stay."""
    chosen = connection.custom_events
    source = chosen.external_id_from
    whose = row["user_id"] if source == "user_id" else (row["user_properties"] or {}).get(source)
    properties = [
        (name, value if isinstance(value, str) else orjson.dumps(value).decode())
        for name, value in (row["event_properties"] or {}).items()
        if value is not None and not isinstance(value, list | dict)
    ]
    kept = [told for told in properties if chosen.properties is None or told[0] in chosen.properties]
    at = datetime.strptime(row["event_time"], "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC)
    is_an_id = isinstance(whose, str | int) and not isinstance(whose, bool)
    return Told(row["event_type"], str(whose) if is_an_id else "", round(at.timestamp() * 1000), tuple(sorted(kept)))
