"""What must be true of the street when the weather is calm and nothing is under way, whatever happened before."""

from collections import Counter
from collections.abc import Iterator, Mapping
from typing import Any

from simulator.simulation import Simulation
from simulator.story import Check

STATISTICS = {
    "successful": "message.push.sent",
    "received": "message.push.received",
    "converted": "message.push.clicked",
}


def laws(simulation: Simulation, cohorts: Mapping[str, str]) -> tuple[Check, ...]:
    """Check every law; `cohorts` are the synced ones by name.

    OneSignal's ledger of message events is held against Amplitude's export, and membership against both services' own
    answers. What OneSignal's stream gave up on and what the bridge buried with a reason is not owed, but counted.
    """
    exported = list(simulation.amplitude_reader().exported(simulation.began, simulation.clock.now()))
    return (*_deliveries(simulation, exported), *_memberships(simulation, cohorts), *_statistics(simulation))


def _deliveries(simulation: Simulation, exported: list[dict[str, Any]]) -> Iterator[Check]:
    ledger = {event.id: event for event in simulation.onesignal.message_events(simulation.app.id)}
    contract = simulation.bridge_contract
    wanted = Counter(event.id for event in ledger.values() if event.external_id and event.kind in contract)
    rows = [row for row in exported if row["event_type"] in contract.values()]
    arrived = Counter(row["$insert_id"] for row in rows)
    streams = simulation.onesignal.event_streams(simulation.app.id)
    account = simulation.bridge.status().connections[0]
    given_up = sum(stream.failed for stream in streams) + sum(account.events.buried.values())
    missing, twice = wanted - arrived, [event for event, times in arrived.items() if times > 1]
    yield Check(
        "every message event arrived exactly once",
        not twice and sum(missing.values()) <= given_up,
        f"{sum(wanted.values())} wanted, {sum(missing.values())} missing, {given_up} given up, {len(twice)} twice",
    )
    invented = [event for event in arrived if event not in ledger]
    yield Check("nothing was invented", not invented, f"{len(invented)} events that OneSignal never had")
    strangers = [row for row in rows if row["$insert_id"] in ledger and not _is_credited(row, ledger)]
    yield Check("nobody is credited with another's event", not strangers, f"{len(strangers)} events under a wrong id")
    owed = account.events.waiting + account.cohorts.waiting + sum(stream.pending for stream in streams)
    yield Check("nothing is owed", owed == 0, f"{owed} deliveries still under way")


def _is_credited(row: Mapping[str, Any], ledger: Mapping[str, Any]) -> bool:
    event = ledger[row["$insert_id"]]
    return (row["user_id"], row["device_id"]) == (event.external_id, event.subscription_id)


def _memberships(simulation: Simulation, cohorts: Mapping[str, str]) -> Iterator[Check]:
    onesignal, amplitude = simulation.onesignal_reader(), simulation.amplitude_reader()
    reachable = {channel.external_id for channel in onesignal.channels() if channel.subscribed}
    for name, cohort_id in cohorts.items():
        computed = {member.value for member in amplitude.members(cohort_id)} & reachable - {""}
        segment_id = onesignal.segment_id(name)
        held = {channel.external_id for channel in onesignal.channels(name)} if segment_id else set()
        yield Check(
            f"the segment of {name!r} is the cohort, for everybody who can be reached",
            computed == held,
            f"{len(computed)} in the cohort; missing {sorted(computed - held)}, too many {sorted(held - computed)}",
        )


def _statistics(simulation: Simulation) -> Iterator[Check]:
    reader = simulation.onesignal_reader()
    happened = Counter(
        (event.message_id, event.kind) for event in simulation.onesignal.message_events(simulation.app.id)
    )
    differing = [
        (message["id"], name)
        for message in reader.messages()
        for name, kind in STATISTICS.items()
        if message[name] != happened[message["id"], kind]
    ]
    yield Check(
        "statistics agree with what happened", not differing, f"{len(differing)} numbers differ: {differing[:3]}"
    )
