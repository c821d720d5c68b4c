"""The laws of the way out: what OneSignal says that happened, held against what Amplitude exports."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from simulator.crosswalk import MESSAGE_ID, NAMES, STATISTICS, properties
from simulator.simulation import Simulation
from simulator.story import Check

Row = Mapping[str, Any]
_NOTHING: Final[dict[str, Any]] = {}
_UNSAID: Final = (
    "price quantity revenue productId partner_id ip_address language version_name adid idfa platform os_name "
    "os_version device_brand device_carrier device_family device_manufacturer device_model device_type city country "
    "region dma location_lat location_lng"
)
_PLAIN: Final = {
    **dict.fromkeys(("groups", "group_properties", "global_user_properties", "plan"), _NOTHING),
    **dict.fromkeys(_UNSAID.split()),
    "session_id": -1,
}
"""What a row says of everything that no message event has a word about."""

_EXPORTED_AFTER: Final = timedelta(hours=3)  # an hour can be exported two hours after its end


@dataclass(frozen=True, slots=True)
class Delivered:
    """All that is known of the message events of one simulation: said by OneSignal, found in Amplitude, and between.

    `rows` are Amplitude's that are about messages, `others` the rest, `elsewhere` those of the other region. `wanted`
    are the ids that should arrive, `buried` those that the bridge buried, `acknowledged` those it said it has, each
    with its turn.
    """

    contract: str
    ledger: Mapping[str, Any]
    wanted: frozenset[str]
    rows: Sequence[Row]
    others: Sequence[Row]
    elsewhere: Sequence[Row]
    messages: Mapping[str, Row]
    languages: Mapping[str, str]
    buried: frozenset[str]
    acknowledged: Mapping[str, int]
    given_up: int

    @property
    def arrived(self) -> Counter[str]:
        """How often each event arrived, by its insert_id."""
        return Counter(row["$insert_id"] for row in self.rows)

    @property
    def missing(self) -> frozenset[str]:
        """The events that should be in Amplitude and are not."""
        return self.wanted - self.arrived.keys()

    @property
    def told(self) -> Iterator[tuple[Row, Any]]:
        """Every row with the event that it tells."""
        return ((row, self.ledger[row["$insert_id"]]) for row in self.rows if row["$insert_id"] in self.ledger)


def event_laws(delivered: Delivered) -> Iterator[Check]:
    """Check every law of the way out."""
    yield _arrived(delivered)
    yield _kept(delivered)
    yield _invented(delivered)
    yield _credited(delivered)
    yield _says_what_happened(delivered)
    yield _in_order(delivered)
    yield _statistics(delivered)


def _arrived(delivered: Delivered) -> Check:
    """Let only those be missing that were buried, or that OneSignal itself gave up on."""
    twice = [event for event, times in delivered.arrived.items() if times > 1]
    missing = delivered.missing - delivered.buried
    return Check(
        "every message event arrived exactly once",
        not twice and len(missing) <= delivered.given_up,
        f"{len(delivered.wanted)} wanted, {len(missing)} missing, {delivered.given_up} given up by OneSignal, "
        f"{len(delivered.buried)} buried, {len(twice)} twice",
    )


def _kept(delivered: Delivered) -> Check:
    lost = delivered.missing & delivered.acknowledged.keys() - delivered.buried
    return Check("what the bridge acknowledged was kept", not lost, f"{len(lost)} events acknowledged and lost")


def _invented(delivered: Delivered) -> Check:
    unheard = [row for row in delivered.rows if row["$insert_id"] not in delivered.ledger]
    unwanted = [row for row, event in delivered.told if event.id not in delivered.wanted]
    return Check(
        "nothing was invented",
        not unheard and not unwanted and not delivered.elsewhere,
        f"{len(unheard)} events that OneSignal never had, {len(unwanted)} that nobody wanted, "
        f"{len(delivered.elsewhere)} in the other region",
    )


def _credited(delivered: Delivered) -> Check:
    strangers = [
        row["$insert_id"]
        for row, event in delivered.told
        if ((row["user_id"] or ""), row["device_id"]) != (event.external_id, event.subscription_id)
    ]
    return Check("nobody is credited with another's event", not strangers, f"{len(strangers)} events under a wrong id")


def _says_what_happened(delivered: Delivered) -> Check:
    wrong = [f"{event.id}: {what}" for row, event in delivered.told for what in _untrue(delivered, row, event)]
    return Check("every event says what happened", not wrong, f"{len(wrong)} untruths: {wrong[:3]}")


def _untrue(delivered: Delivered, row: Row, event: Any) -> Iterator[str]:
    name = NAMES[delivered.contract].get(event.kind)
    if row["event_type"] != name:
        yield f"{row['event_type']!r} should be {name!r}"
    happened_ms = int(event.at.timestamp() * 1000)
    if _ms(row["client_event_time"]) != happened_ms:
        yield f"time {row['client_event_time']} should be {event.at}"
    message = delivered.messages.get(event.message_id)
    yield from (f"{name} {row.get(name)!r} is invented" for name, plain in _PLAIN.items() if row.get(name) != plain)
    if message is None:
        return
    language = delivered.languages.get(event.onesignal_id, row["event_properties"].get("language", ""))
    wanted, told = properties(delivered.contract, event, message, language), row["event_properties"]
    for label, allowed in wanted.items():
        if str(told.get(label, "")) not in allowed:
            yield f"{label} {told.get(label)!r} should be {min(allowed)!r}"
    yield from (f"property {label!r} is invented" for label in told if label not in wanted)


def _in_order(delivered: Delivered) -> Check:
    """Hold each user's events against the order in which the bridge took them; different users may overtake."""
    latest: dict[str, int] = {}
    overtaken = []
    for row, event in delivered.told:
        turn = delivered.acknowledged.get(event.id)
        if turn is not None and event.external_id:
            if turn < latest.get(event.external_id, turn):
                overtaken.append(row["$insert_id"])
            latest[event.external_id] = max(turn, latest.get(event.external_id, turn))
    return Check("one user's events keep their order", not overtaken, f"{len(overtaken)} events overtaken")


def _ms(moment: str) -> int:
    return round(datetime.strptime(moment, "%Y-%m-%d %H:%M:%S.%f").replace(tzinfo=UTC).timestamp() * 1000)


def _statistics(delivered: Delivered) -> Check:
    """Hold OneSignal's own numbers of each message against its ledger, and that against Amplitude's events."""
    happened = Counter((event.message_id, event.kind) for event in delivered.ledger.values())
    arrived = _counted(delivered)
    differing = []
    for message_id, message in delivered.messages.items():
        for statistic, kinds in STATISTICS.items():
            if statistic == "converted" and message.get("email_subject"):
                continue
            ours, ledger = message.get(statistic, 0), [happened[message_id, kind] for kind in kinds]
            told = [arrived.get((message_id, kind), happened[message_id, kind]) for kind in kinds]
            if ours != sum(ledger) or ledger != told:
                differing.append((message_id, statistic, ours, sum(ledger), sum(told)))
    return Check(
        "statistics agree on both sides", not differing, f"{len(differing)} numbers differ: {sorted(differing)[:3]}"
    )


def _counted(delivered: Delivered) -> dict[tuple[str, str], int]:
    """Count by message and kind what Amplitude calls by one name of its own, with what should not arrive."""
    label, names = MESSAGE_ID[delivered.contract], NAMES[delivered.contract]
    unsent = (delivered.ledger[event] for event in delivered.ledger.keys() - delivered.arrived.keys())
    missing = Counter((event.message_id, event.kind) for event in unsent)
    counted = Counter((row["event_properties"].get(label), row["event_type"]) for row in delivered.rows)
    own = {kind: name for kind, name in names.items() if [*names.values()].count(name) == 1}
    return {
        (message_id, kind): counted[message_id, name] + missing[message_id, kind]
        for message_id in delivered.messages
        for kind, name in own.items()
    }


def delivered(simulation: Simulation) -> Delivered:
    """Gather what both services and the bridge say of the message events so far."""
    connection = simulation.connection
    assert connection is not None
    if simulation.limits == "documented":
        simulation.run_for(_EXPORTED_AFTER)
    ledger = {event.id: event for event in simulation.onesignal.message_events(simulation.app.id)}
    exported = list(simulation.amplitude_reader().exported(simulation.began, simulation.clock.now(), waits=False))
    names = {*NAMES[connection.contract].values()}
    about = [row["event_type"] in names or row["$insert_id"] in ledger for row in exported]
    keeps_anonymous = connection.anonymous == "keep"
    return Delivered(
        contract=connection.contract,
        ledger=ledger,
        wanted=frozenset(
            event.id
            for event in ledger.values()
            if (event.external_id or keeps_anonymous)
            and connection.selects(event.kind)
            and event.kind in NAMES[connection.contract]
        ),
        rows=[row for row, is_about in zip(exported, about, strict=True) if is_about],
        others=[row for row, is_about in zip(exported, about, strict=True) if not is_about],
        elsewhere=[row for row in _elsewhere(simulation) if row["event_type"] in names],
        messages=_messages(simulation),
        languages=_languages(simulation),
        buried=frozenset(each.source_id or "" for each in simulation.bridge.deliveries(state="buried")),
        acknowledged=simulation.witness.acknowledged,
        given_up=sum(stream.failed for stream in simulation.onesignal.event_streams(simulation.app.id)),
    )


def _messages(simulation: Simulation) -> dict[str, Row]:
    """List the messages as OneSignal shows them; in-app messages have no route, and a name only."""
    in_app = simulation.onesignal.world.apps[simulation.app.id].ledger.in_app_messages
    messages: dict[str, Row] = {message["id"]: message for message in simulation.onesignal_reader().messages()}
    messages.update((message_id, {"name": message.name}) for message_id, message in in_app.items())
    return messages


def _languages(simulation: Simulation) -> dict[str, str]:
    users = simulation.onesignal.world.apps[simulation.app.id].users
    return {onesignal_id: user.language for onesignal_id, user in users.items()}


def _elsewhere(simulation: Simulation) -> Iterator[Row]:
    """Read what is in the region that is not connected."""
    reader = simulation.amplitude_reader("EU" if simulation.region == "US" else "US")
    return reader.exported(simulation.began, simulation.clock.now(), waits=False)
