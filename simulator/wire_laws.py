"""The laws of the wire: the bridge takes what it is offered, refuses nothing without a cause, and keeps the rules."""

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Final

import orjson

from bridge.records import Delivery
from simulator.connecting import door_of
from simulator.hosts import ONESIGNAL_HOSTS
from simulator.simulation import Simulation
from simulator.story import Check
from simulator.witness import LAWS

NOTHING_OWED: Final = "nothing is owed"
_DOORS: Final = ("message-events", "cohorts/lists", "cohorts/webhook", "custom-events")
_KEPT_OUT: Final = frozenset({401, 403, 404})
_TRIES_OF_A_STREAM: Final = 5  # OneSignal gives an event up after so many failures (fake_onesignal/event_stream.py)
_STATUS: Final = re.compile(r"(\d{3})\b")
_GIVEN_UP: Final = re.compile(r"given up after (\d+) days")
_TAKEN_IN_PART: Final = 202
_ID_MAX: Final = 1_024
_NAME_MAX: Final = 128  # characters of a custom event's name
_EVENT_BYTES_MAX: Final = 2_024
_REPEATED_FOR: Final = {"events": timedelta(days=6), "custom_events": timedelta(hours=4), "cohorts": timedelta.max}
_NO_IDS: Final = frozenset(
    {"0", "-1", "null", "nil", "none", "undefined", "unknown", "anonymous", "n/a", "na", "{}", "lmy47d", "all"}
    | {"00000000-0000-0000-0000-000000000000"}
)


def wire_laws(simulation: Simulation, *, arrived: int) -> Iterator[Check]:
    """Check every law of the wire; `arrived` is how many message events Amplitude has."""
    witness = simulation.witness
    yield _owes_nothing(simulation)
    yield Check("the bridge takes what it is offered", not witness.refused.count, f"refused {witness.refused}")
    yield _gave_up_with_cause(simulation)
    yield _refused_with_cause(simulation)
    yield _counts_honestly(simulation, arrived)
    yield _keeps_strangers_out(simulation)
    yield _calls_nothing_else(simulation)
    sins = simulation.bench.verdicts(("bridge",))
    yield Check("the bridge keeps the vendors' rules", not sins, f"{len(sins)} sins: {[str(sin) for sin in sins[:3]]}")


def owed(simulation: Simulation) -> int:
    """Count what is still under way between the houses."""
    account = simulation.bridge.status().connections[0]
    pending = sum(stream.pending for stream in simulation.onesignal.event_streams(simulation.app.id))
    return account.events.waiting + account.cohorts.waiting + account.custom_events.waiting + pending


def _owes_nothing(simulation: Simulation) -> Check:
    account = simulation.bridge.status().connections[0]
    routes = (account.events, account.cohorts, account.custom_events)
    held = [route.held_because for route in routes if route.held_because]
    left = owed(simulation)
    return Check(NOTHING_OWED, not left and not held, f"{left} under way; held: {held}")


def _gave_up_with_cause(simulation: Simulation) -> Check:
    """Hold what OneSignal gave up on against the weather: each needs one refusal, or as many failures as it tries."""
    given_up = sum(stream.failed for stream in simulation.onesignal.event_streams(simulation.app.id))
    refused, failed = simulation.witness.struck_refused, simulation.witness.struck_failed
    return Check(
        "OneSignal gave up only in bad weather",
        given_up <= refused + failed // _TRIES_OF_A_STREAM,
        f"{given_up} given up, {refused + failed} calls in bad weather",
    )


def _refused_with_cause(simulation: Simulation) -> Check:
    groundless = [
        f"{each.kind} of {each.lane!r}: {each.reason}"
        for each in simulation.bridge.deliveries(state="buried")
        if not _has_cause(simulation, each)
    ]
    return Check("nothing was buried without a cause", not groundless, f"{len(groundless)}: {groundless[:3]}")


def _has_cause(simulation: Simulation, buried: Delivery) -> bool:
    """Whether a vendor refused it, too much time has passed, or nobody could take it: no such user, id or room."""
    reason = buried.reason or ""
    if reason == "not in OneSignal":
        return buried.lane not in simulation.onesignal.world.apps[simulation.app.id].aliases["external_id"]
    status, days = _STATUS.match(reason), _GIVEN_UP.match(reason)
    lived = simulation.clock.now() - simulation.began
    if status is not None and buried.direction == "cohorts":
        return any(simulation.journal.count(host=host, status=int(status[1])) for host in ONESIGNAL_HOSTS)
    if status is not None:
        named = {buried.lane} if int(status[1]) == _TAKEN_IN_PART else _keys_of(buried)
        return not named.isdisjoint(simulation.witness.blamed)
    if days is not None:
        return lived >= timedelta(days=max(1, int(days[1])))
    if "too late to repeat" in reason:
        return lived >= _REPEATED_FOR[buried.direction]
    return _cannot_be_taken(simulation, buried)


def _keys_of(buried: Delivery) -> set[str]:
    """Give the keys under which a delivery travels."""
    said = orjson.loads(buried.payload)
    return {str(said[name]) for name in ("insert_id", "idempotency_key") if name in said}


def _cannot_be_taken(simulation: Simulation, buried: Delivery) -> bool:
    """Whether a delivery is of nobody, or larger than its vendor takes (`facts/integration.md` 3, 4.3)."""
    assert simulation.connection is not None
    is_too_large = buried.direction == "custom_events" and (
        len(buried.kind) > _NAME_MAX or len(buried.payload) > _EVENT_BYTES_MAX
    )
    return is_too_large or _is_no_id(buried.lane) or len(buried.lane) < simulation.connection.min_id_length


def _is_no_id(text: str) -> bool:
    """Whether a text can be nobody's id (`facts/integration.md` 4.3)."""
    return not text.strip() or text.strip().casefold() in _NO_IDS or len(text) > _ID_MAX or "\0" in text


def _calls_nothing_else(simulation: Simulation) -> Check:
    assert simulation.connection is not None
    witness, others = simulation.witness, {"modelled", "tags"} - {simulation.connection.membership}
    wrong = {route: times for route, times in sorted(witness.calls.items()) if route in others}
    return Check(
        "the bridge calls nothing but its routes",
        not witness.strange.count and not wrong,
        f"strange calls {witness.strange}; of a way that is not chosen {wrong}",
    )


def _keeps_strangers_out(simulation: Simulation) -> Check:
    """Knock at every door with a secret that is none."""
    assert simulation.connection is not None
    headers = {"Authorization": "Bearer nobody's secret", "Content-Type": "application/json"}
    door = door_of(simulation.connection)
    answered = {
        room: simulation.network.call("POST", f"{door}/{room}", headers, b"{}", sender=LAWS)[0] for room in _DOORS
    }
    open_doors = [room for room, status in answered.items() if status not in _KEPT_OUT]
    return Check("no door opens without the secret", not open_doors, f"{open_doors}")


def _counts_honestly(simulation: Simulation, arrived: int) -> Check:
    counted = simulation.bridge.status().connections[0].events.delivered
    return Check(
        "the bridge counts no delivery that did not arrive", counted <= arrived, f"{counted} counted, {arrived} arrived"
    )
