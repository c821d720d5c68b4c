"""What must be true of the street when the weather is calm and nothing is under way, whatever happened before."""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final
from unicodedata import normalize

from simulator.custom_event_laws import custom_event_laws, streamed
from simulator.event_laws import Row, delivered, event_laws
from simulator.schedule import NeverQuietError
from simulator.simulation import Simulation
from simulator.story import Check
from simulator.wire_laws import owed, wire_laws

CALM_WITHIN: Final = timedelta(hours=1)
_STEP: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Before:
    """The street before anything could be invented: who was at OneSignal, and what people's own apps tell Amplitude.

    `event_types` and `user_properties` are those that the people themselves send; nobody registers later.
    `cohort_tags` are the tags that the bridge may set.
    """

    users: tuple[Row, ...]
    event_types: frozenset[str]
    user_properties: frozenset[str]
    cohort_tags: frozenset[str]

    @classmethod
    def of(
        cls,
        simulation: Simulation,
        *,
        event_types: Iterable[str],
        user_properties: Iterable[str],
        cohort_tags: Iterable[str] = (),
    ) -> "Before":
        """Look at the street as it is now."""
        tags = frozenset(cohort_tags)
        return cls(tuple(_users(simulation, tags)), frozenset(event_types), frozenset(user_properties), tags)


def laws(
    simulation: Simulation, cohorts: Mapping[str, str], *, before: Before | None = None, calm: Check | None = None
) -> tuple[Check, ...]:
    """Check every law; `cohorts` are the synced ones by name.

    OneSignal's ledger of message events is held against Amplitude's export, that against OneSignal's custom events,
    membership against both services' own answers, and the bridge's calls against the vendors' rules. What a vendor's
    stream gave up on and what a vendor refused is not owed, but counted. With `before` it is also checked that nobody
    and nothing else came into being; `calm` is what `come_to_rest` found.
    """
    found = delivered(simulation)
    return (
        *event_laws(found),
        *custom_event_laws(streamed(simulation, (*found.rows, *found.others), found.buried)),
        *wire_laws(simulation, arrived=len(found.rows)),
        *_memberships(simulation, cohorts),
        *(() if before is None else _untouched(simulation, before, found.rows, found.others)),
        *(() if calm is None else (calm,)),
    )


def come_to_rest(simulation: Simulation, *, within: timedelta = CALM_WITHIN) -> Check:
    """Let time pass until nothing is owed any more, at most `within`: the law of bounded time to calm."""
    began = simulation.clock.now()
    patience = began + within
    try:
        while owed(simulation) and simulation.clock.now() < patience:
            simulation.run_for(_STEP)
    except NeverQuietError as error:
        return Check("calm comes in bounded time", False, str(error))
    took, left = simulation.clock.now() - began, owed(simulation)
    return Check("calm comes in bounded time", not left, f"{left} deliveries still owed after {took}")


def _memberships(simulation: Simulation, cohorts: Mapping[str, str]) -> Iterator[Check]:
    assert simulation.connection is not None
    onesignal, amplitude = simulation.onesignal_reader(), simulation.amplitude_reader()
    reachable = {channel.external_id for channel in onesignal.channels() if channel.subscribed} - {""}
    state = simulation.onesignal.world.apps[simulation.app.id]
    for name, cohort_id in cohorts.items():
        members = {member.value for member in amplitude.members(cohort_id)}
        if simulation.connection.membership == "modelled":
            segment_id = onesignal.segment_id(name)
            held = {channel.external_id for channel in onesignal.channels(name)} if segment_id else set()
            told = f"the segment of {name!r} is the cohort, for everybody who can be reached"
            yield _same(told, members & reachable, held)
            kept = {state.users[each].external_id or "" for each in state.cohort_members.get(cohort_id, ())}
        else:
            tag, value = tag_of(simulation.connection.tags.key, name, cohort_id), simulation.connection.tags.value
            kept = {user.external_id or "" for user in state.users.values() if user.tags.get(tag) == value}
        known = members & state.aliases["external_id"].keys()
        yield _same(f"OneSignal keeps the members of {name!r}, reachable or not", known, kept)
    known_ids = {cohort["id"] for cohort in amplitude.calls.get("/api/3/cohorts")["cohorts"]}
    names = {cohort_id: name for name, cohort_id in cohorts.items()}
    strange = [
        cohort.name
        for cohort in state.cohorts.values()
        if cohort.id not in known_ids or names.get(cohort.id, cohort.name) != cohort.name
    ]
    yield Check("no other cohort came to OneSignal", not strange, f"{strange}")


def _same(law: str, members: set[str], held: set[str]) -> Check:
    missing, too_many = sorted(members - held), sorted(held - members)
    return Check(law, members == held, f"{len(members)} members; missing {missing}, too many {too_many}")


def tag_of(pattern: str, name: str, cohort_id: str) -> str:
    """Write the key of a cohort's tag (`docs/between-the-houses.md`)."""
    slug = re.sub(r"[^A-Za-z0-9_-]+", "-", normalize("NFKD", name))
    return pattern.replace("<slug>", slug).replace("<id>", cohort_id)


def _untouched(simulation: Simulation, before: Before, rows: Sequence[Row], others: Sequence[Row]) -> Iterator[Check]:
    now = tuple(_users(simulation, before.cohort_tags))
    changed = [user["external_id"] for user in now if user not in before.users]
    gone = [
        user["external_id"] for user in before.users if user["onesignal_id"] not in {it["onesignal_id"] for it in now}
    ]
    yield Check(
        "nobody was created, changed or deleted at OneSignal",
        not changed and not gone,
        f"changed {changed}, gone {gone}",
    )
    strange = sorted({row["event_type"] for row in others} - before.event_types)
    yield Check("nobody else's events came to Amplitude", not strange, f"{strange}")
    foreign = sorted({key for row in (*rows, *others) for key in row["user_properties"]} - before.user_properties)
    moved = _properties_changed(sorted((*rows, *others), key=lambda row: row["event_id"]), {id(row) for row in rows})
    yield Check(
        "message events change nobody's properties",
        not foreign and not moved,
        f"properties {foreign} of nobody's app, changed with events {moved}",
    )


def _properties_changed(rows: Sequence[Row], about_messages: set[int]) -> list[str]:
    """Name the message events with which the properties of their user changed."""
    latest: dict[Any, Any] = {}
    changed = []
    for row in rows:
        who, properties = row["amplitude_id"], row["user_properties"]
        if id(row) in about_messages and properties != latest.get(who, {}):
            changed.append(row["$insert_id"])
        latest[who] = properties
    return changed


def _users(simulation: Simulation, cohort_tags: Collection[str]) -> Iterator[Row]:
    for user in simulation.onesignal.world.apps[simulation.app.id].users.values():
        tags = {key: value for key, value in user.tags.items() if key not in cohort_tags}
        yield {"onesignal_id": user.onesignal_id, "external_id": user.external_id, "tags": tags}
