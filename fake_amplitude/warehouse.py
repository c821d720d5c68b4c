"""One project's events and users, with the indexes that keep every question cheap.

Rows of one event type lie in columns (who, when, which), so that a cohort reads 8-byte numbers and not records;
merged ids are resolved when a question is asked, as Amplitude does it (facts/amplitude-api.md 3.1).
"""

from __future__ import annotations

import hashlib
from array import array
from bisect import bisect_left, insort
from functools import lru_cache
from itertools import islice
from typing import TYPE_CHECKING
from uuid import UUID, uuid5

import msgspec

from fake_amplitude.attribution import Attributions
from fake_amplitude.identity import Identity
from fake_amplitude.profiles import Profiles
from fake_amplitude.records import NO_HARDWARE, NO_PLACE
from fake_amplitude.timelines import Timelines
from fake_amplitude.user_mapping import Mapping, Mappings

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator

    from fake_amplitude.chart_questions import EventChoice
    from fake_amplitude.records import Event

NOBODY = 0  # the Amplitude ID of events whose user was deleted
DEDUPLICATION_MS = 7 * 24 * 3_600_000
RECENT_MAX = 4_096
NEW_USERS_MAX = 100
DERIVED_MAX = 65_536
AMPLITUDE_ID_DIGITS_MAX = 18
DEVICE_NAMESPACE = UUID("0d5c7a52-6a0f-5d0e-9d57-fa4ea3b117de")  # ours: the vendor's is not known


class EventColumns:
    """The rows of one event type: Amplitude ID as credited, time, and place in the event list."""

    __slots__ = ("amplitude_ids", "numbers", "times")

    def __init__(self) -> None:
        self.amplitude_ids = array("q")
        self.times = array("q")
        self.numbers = array("q")

    def append(self, event: Event) -> None:
        """Add a row."""
        self.amplitude_ids.append(event.amplitude_id)
        self.times.append(event.time_ms)
        self.numbers.append(event.number)

    def drop(self, amplitude_ids: Collection[int]) -> None:
        """Take out the rows of some ids."""
        kept = [place for place, credited in enumerate(self.amplitude_ids) if credited not in amplitude_ids]
        if len(kept) < len(self.amplitude_ids):
            self.amplitude_ids = array("q", [self.amplitude_ids[place] for place in kept])
            self.times = array("q", [self.times[place] for place in kept])
            self.numbers = array("q", [self.numbers[place] for place in kept])


class Warehouse:
    """Everything one project has been told."""

    def __init__(self, first_id: int, user_elsewhere: Callable[[str], str | None]) -> None:
        self.identity = Identity(first_id, user_elsewhere)
        self.profiles = Profiles()
        self.mappings = Mappings()
        self.attributions = Attributions()
        self.events: list[Event] = []
        self.by_type: dict[str, EventColumns] = {}
        self.silenced: dict[str, None] = {}
        self.custom_events: dict[str, tuple[EventChoice, ...]] = {}
        self.groups: dict[tuple[str, str], dict[str, object]] = {}
        self._timelines = Timelines()
        self._merged_from: dict[int, list[int]] = {}
        self._recent: dict[bytes, bytes] = {}
        self._sorted_user_ids: list[str] = []
        self._seen: dict[int, int] = {}

    def credit(self, user_id: str | None, device_id: str) -> int:
        """Answer the Amplitude ID of an event and fold users that turn out to be one."""
        merges = len(self.identity.merged)
        amplitude_id = self.identity.credit(user_id, device_id)
        if len(self.identity.merged) > merges:
            anonymous = self.identity.devices[device_id].anonymous
            self._merged_from.setdefault(amplitude_id, []).append(anonymous)
            self.profiles.fold(anonymous, into=amplitude_id)
        return amplitude_id

    def map_user(self, mapping: Mapping) -> None:
        """Let a user's events count for another user from now on, or for itself again; both are users from then on."""
        for user_id in filter(None, (mapping.user_id, mapping.global_user_id)):
            self.profiles.introduce(self.identity.amplitude_id(user_id), user_id)
        self.mappings.put(mapping)
        root = self.identity.users[self.mappings.root(mapping.user_id)]
        for credited in self._tree(mapping.user_id):
            self.identity.count(credited, root)

    def forget(self, amplitude_id: int) -> tuple[int, ...]:
        """Delete a user and all its events, as if nobody had told of them; answer the ids that are gone."""
        if amplitude_id not in self.profiles:
            return ()
        profile, gone = self.profiles.of(amplitude_id), self._merged(amplitude_id)
        for mapped in [profile.user_id, *self.mappings.to_me.get(profile.user_id or "", ())]:
            if mapped in self.mappings.to:
                self.map_user(Mapping(mapped, None))
        for number in [number for credited in gone for number in self._timelines.of(credited)]:
            event = self.events[number]
            self._seen.pop(_seen_key(event.device_id, event.insert_id or ""), None)
            self.events[number] = blank(event)
        for credited in gone:
            self._timelines.forget(credited)
        for columns in self.by_type.values():
            columns.drop(gone)
        self._merged_from.pop(amplitude_id, None)
        self.profiles.drop(amplitude_id)
        self.identity.forget(gone, profile.user_id, profile.device_ids)
        self._sorted_user_ids = []
        return gone

    def _tree(self, user_id: str) -> Iterator[int]:
        for mapped in self.mappings.tree(user_id):
            amplitude_id = self.identity.users[mapped]
            yield amplitude_id
            yield from self.merged_into(amplitude_id)

    def is_repeated(self, device_id: str, insert_id: str, upload_ms: int) -> bool:
        """Answer whether the insert_id came on this device within 7 days, and remember it if it did not."""
        key = _seen_key(device_id, insert_id)
        seen_ms = self._seen.get(key)
        if seen_ms is not None and upload_ms - seen_ms < DEDUPLICATION_MS:
            return True
        self._seen[key] = upload_ms
        return False

    def insert_ids(self) -> Iterator[tuple[str, int]]:
        """Answer the remembered keys of device and insert_id and when each came, in order."""
        for key, upload_ms in self._seen.items():
            yield f"{key:x}", upload_ms

    def store(self, event: Event, *, is_charted: bool = True) -> None:
        """Keep an event and its index rows; one that is not charted is in the raw data only."""
        self.events.append(event)
        if is_charted:
            self._chart(event)
        self._timelines.append(event.amplitude_id)

    def _chart(self, event: Event) -> None:
        columns = self.by_type.get(event.event_type)
        if columns is None:
            columns = self.by_type[event.event_type] = EventColumns()
        columns.append(event)

    def shared(self, encoded: bytes) -> bytes:
        """Answer one object for equal encodings of recent events: a message's events differ in their users only."""
        if len(self._recent) == RECENT_MAX:
            self._recent.clear()
        return self._recent.setdefault(encoded, encoded)

    def amplitude_id_of(self, said: str, *, by_user: bool) -> int | None:
        """Answer whom an id names: a user_id, or an Amplitude ID as digits; None when nobody has it."""
        if by_user:
            return self.identity.users.get(said)
        amplitude_id = int(said) if said.isdecimal() and len(said) <= AMPLITUDE_ID_DIGITS_MAX else 0
        canonical = self.identity.canonical(amplitude_id)
        return canonical if canonical in self.profiles else None

    def active_ids(self) -> set[int]:
        """Answer the users with an event, merged and mapped; those only identified are not users yet."""
        counted = self.identity.counted
        return {counted.get(amplitude_id, amplitude_id) for amplitude_id in self._timelines}

    def first_ms(self, amplitude_id: int) -> int:
        """Answer the time of the first event that was credited to an id."""
        return self.events[self._timelines.first(amplitude_id)].time_ms

    def user_ids(self) -> list[str]:
        """Answer every user_id, sorted; a few new ones find their places, for many all are sorted again."""
        new = len(self.identity.users) - len(self._sorted_user_ids)
        if new > NEW_USERS_MAX:
            self._sorted_user_ids = sorted(self.identity.users)
        else:
            for user_id in islice(reversed(self.identity.users), new):
                insort(self._sorted_user_ids, user_id)
        return self._sorted_user_ids

    def merged_into(self, amplitude_id: int) -> tuple[int, ...]:
        """Answer the anonymous ids that were merged into a user."""
        return tuple(self._merged_from.get(amplitude_id, ()))

    def _merged(self, amplitude_id: int) -> tuple[int, ...]:
        return (amplitude_id, *self.merged_into(amplitude_id))

    def activity(self, amplitude_id: int) -> list[Event]:
        """Answer a user's events, those of merged ids and of mapped users included, as they arrived."""
        user_id = self.profiles.of(amplitude_id).user_id
        credited_ids = self._tree(user_id) if user_id in self.mappings.to_me else self._merged(amplitude_id)
        numbers: list[int] = []
        for credited in credited_ids:
            numbers.extend(self._timelines.of(credited))
        return [self.events[number] for number in sorted(numbers)]

    def uploaded_between(self, start_ms: int, end_ms: int) -> Iterator[Event]:
        """Answer the events whose upload lies in [start, end), in order."""
        first = bisect_left(self.events, start_ms, key=lambda event: event.upload_ms)
        last = bisect_left(self.events, end_ms, key=lambda event: event.upload_ms)
        events = (self.events[number] for number in range(first, last))
        return (event for event in events if event.amplitude_id != NOBODY)


def _seen_key(device_id: str, insert_id: str) -> int:
    """Answer 128 bits for the pair: a number takes less memory than the strings, and less than the bytes."""
    pair = f"{len(device_id)}:{device_id}{insert_id}"
    return int.from_bytes(hashlib.blake2b(pair.encode("utf-8", "surrogatepass"), digest_size=16).digest())


def blank(event: Event) -> Event:
    """Answer what is left of a deleted user's event: its place and when it came."""
    return msgspec.structs.replace(
        event,
        amplitude_id=NOBODY,
        user_id=None,
        device_id="",
        event_type="",
        insert_id=None,
        event_properties=b"{}",
        user_properties={},
        hardware=NO_HARDWARE,
        place=NO_PLACE,
        details=b"{}",
    )


@lru_cache(DERIVED_MAX)
def derived_device_id(user_id: str) -> str:
    """Answer the device id that the server makes up for a user without one (facts/amplitude-api.md 1.3)."""
    return str(uuid5(DEVICE_NAMESPACE, user_id))
