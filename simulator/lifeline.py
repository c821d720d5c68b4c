"""The life line of an event, a message or a user: what each house knows, what the wire said, which rule applied."""

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final
from urllib.parse import quote, urlencode, urlsplit

from simulator.caller import Caller
from simulator.crosswalk import MESSAGE_ID
from simulator.journal import Exchange
from simulator.known_at_onesignal import concerns, known_at_onesignal
from simulator.network import Heard
from simulator.simulation import Simulation

_OK: Final = 200
_EVENTS_MAX: Final = 1_000
_INGESTION: Final = frozenset({"/2/httpapi", "/batch", "/httpapi", "/"})
DEDUPLICATION: Final = (
    "an insert_id is kept once per device within 7 days, whatever else the repetition says (facts/amplitude-api.md 2.3)"
)


@dataclass(frozen=True)
class Needle:
    """An id that is looked for in whatever was said: whole, and also as URLs and JSON write it."""

    id: str

    @cached_property
    def _pattern(self) -> re.Pattern[bytes]:
        in_json = (json.dumps(self.id, ensure_ascii=ascii_only)[1:-1] for ascii_only in (True, False))
        written = "|".join(re.escape(form) for form in sorted({self.id, quote(self.id, safe=""), *in_json}))
        return re.compile(rb"(?<![\w%-])(?:" + written.encode() + rb")(?![\w%-])")

    def is_in(self, *texts: str | bytes) -> bool:
        """Whether any of these texts mentions the id."""
        return any(self._pattern.search(text if isinstance(text, bytes) else text.encode()) for text in texts)


class Watch:
    """An ear that keeps every exchange that mentions an id and may have changed something."""

    def __init__(self, needle: Needle) -> None:
        self.heard: list[Heard] = []
        self._needle = needle

    def __call__(self, heard: Heard) -> None:
        """Hear one exchange."""
        if heard.method != "GET" and self._needle.is_in(heard.url, heard.request, heard.answer):
            self.heard.append(heard)


@dataclass(frozen=True, slots=True)
class Lifeline:
    """What is known of an id, one line each in the order of time; empty: that house knows nothing of it."""

    id: str
    onesignal: tuple[str, ...]
    wire: tuple[str, ...]
    bridge: tuple[str, ...]
    amplitude: tuple[str, ...]

    @property
    def is_known(self) -> bool:
        """Whether anybody knows of it."""
        return any((self.onesignal, self.wire, self.bridge, self.amplitude))


def lifeline(simulation: Simulation, needle: Needle, said: Iterable[Exchange | Heard] | None = None) -> Lifeline:
    """Follow an id through the street. `said` are the exchanges that mention it; None: those that the journal kept.

    Amplitude is asked over HTTP for the last 1,000 events of everybody concerned.
    """
    if said is None:
        kept = (one for one in simulation.journal if one.method != "GET")
        said = [one for one in kept if needle.is_in(one.url, one.request, one.answer)]
    said = list(said)
    return Lifeline(
        id=needle.id,
        onesignal=tuple(known_at_onesignal(simulation, needle.id)),
        wire=tuple(_on_the_wire(said)),
        bridge=tuple(_in_the_bridge(simulation, needle.id)),
        amplitude=tuple(_in_amplitude(simulation, needle.id, said)),
    )


def _on_the_wire(said: list[Exchange | Heard]) -> Iterator[str]:
    times: Counter[tuple[str, str, str]] = Counter()
    for one in said:
        target = urlsplit(one.url)
        times[one.sender, one.method, one.url] += 1
        turn = times[one.sender, one.method, one.url]
        again = f", call {turn} about it" if turn > 1 else ""
        fate = f"{one.status or 'no answer'}{f' ({one.weather})' if one.weather else ''}"
        yield f"{one.at:%Y-%m-%d %H:%M:%S} {one.sender}: {one.method} {target.netloc}{target.path} -> {fate}{again}"


def _in_the_bridge(simulation: Simulation, wanted: str) -> list[str]:
    if simulation.connection is None:
        return []
    lines = simulation.bridge.desk.explain(wanted)
    return [line for line in lines if not line.startswith("nothing is known")]


def _in_amplitude(simulation: Simulation, wanted: str, said: list[Exchange | Heard]) -> Iterator[str]:
    calls = simulation.amplitude_api()
    people = dict.fromkeys(_found(calls, [wanted, *_concerned(simulation, wanted)]))
    activities = [calls.get(f"/api/2/useractivity?user={amplitude_id}&limit={_EVENTS_MAX}") for amplitude_id in people]
    for amplitude_id, activity in zip(people, activities, strict=True):
        yield from _person(amplitude_id, activity["userData"])
    rows = {row["uuid"]: row for activity in activities for row in activity["events"] if _is_about(row, wanted)}
    for row in sorted(rows.values(), key=lambda row: row["event_time"]):
        whose = f"user {row['user_id']}" if row["user_id"] else "no user"
        yield (
            f"{row['event_time'][:19]} {row['event_type']!r} (insert_id {row['$insert_id']}) of {whose}, "
            f"device {row['device_id']}, Amplitude ID {row['amplitude_id']}"
        )
    accepted = sum(one.status == _OK and urlsplit(one.url).path in _INGESTION for one in said)
    kept = sum(row["$insert_id"] == wanted for row in rows.values())
    if kept and accepted > kept:
        yield f"    accepted {accepted} times, kept {kept} time: {DEDUPLICATION}"


def _concerned(simulation: Simulation, wanted: str) -> Iterator[str]:
    """Whom the events about an id are of: the user, and the device that stands for the subscription."""
    for event in simulation.onesignal.message_events(simulation.app.id):
        if concerns(event, wanted):
            yield event.external_id or event.subscription_id
    for delivery in simulation.bridge.deliveries() if simulation.connection is not None else ():
        if delivery.source_id == wanted:
            yield delivery.lane


def _found(calls: Caller, ids: Iterable[str]) -> Iterator[int]:
    for one in dict.fromkeys(ids):
        for match in calls.get("/api/2/usersearch?" + urlencode({"user": one}))["matches"]:
            yield match["amplitude_id"]


def _person(amplitude_id: int, person: dict[str, Any]) -> Iterator[str]:
    whose = person["user_id"] or "nobody yet"
    yield f"Amplitude ID {amplitude_id} is user {whose}, {person['num_events']} events"
    merged = [other for other in person["merged_amplitude_ids"] if other != amplitude_id]
    if merged:
        yield f"    with {merged} merged into it: the user was seen on their device (facts/amplitude-api.md 3.1)"


def _is_about(row: dict[str, Any], wanted: str) -> bool:
    of_message = wanted in {(row["event_properties"] or {}).get(label) for label in MESSAGE_ID.values()}
    return of_message or wanted in {row["$insert_id"], row["user_id"], row["device_id"], str(row["amplitude_id"])}
