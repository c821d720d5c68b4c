"""How an event changes what is known of its user: ids, properties, device and place (facts/amplitude-api.md 3.4)."""

from __future__ import annotations

from operator import attrgetter
from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.languages import english_name
from fake_amplitude.properties import changed
from fake_amplitude.records import NO_HARDWARE, NO_PLACE, Hardware, Place, Profile
from fake_amplitude.value_index import ValueIndex
from fake_amplitude.wire.upload_form import IDENTIFY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_amplitude.wire.upload_form import UploadedEvent

NO_PROPERTIES: dict[str, Any] = {}

_hardware = attrgetter(*Hardware.__struct_fields__)
_place = attrgetter(*Place.__struct_fields__)
_NO_HARDWARE, _NO_PLACE = _hardware(NO_HARDWARE), _place(NO_PLACE)


class Profiles:
    """The users of one project by Amplitude ID; merged ids are folded into the id that stands for them."""

    def __init__(self) -> None:
        self._profiles: dict[int, Profile] = {}
        self._hardware: dict[tuple[str | None, ...], Hardware] = {}
        self._places: dict[tuple[str | None, ...], Place] = {}
        self._by_value: ValueIndex | None = None

    def __len__(self) -> int:
        return len(self._profiles)

    def __contains__(self, amplitude_id: int) -> bool:
        return amplitude_id in self._profiles

    def of(self, amplitude_id: int) -> Profile:
        """Answer the user of a canonical Amplitude ID; raises KeyError for an id never seen."""
        return self._profiles[amplitude_id]

    def all(self) -> list[Profile]:
        """Answer every user, in the order in which they were first seen."""
        return list(self._profiles.values())

    def having(self, value: str) -> Iterator[Profile]:
        """Answer the users that have a text among the values of their properties."""
        if self._by_value is None:
            self._by_value = ValueIndex(self._profiles.values())
        return map(self._profiles.__getitem__, self._by_value.having(value))

    def touch(
        self,
        amplitude_id: int,
        *,
        user_id: str | None,
        device_id: str,
        event: UploadedEvent,
        update: dict[str, Any] | None,
    ) -> Profile:
        """Bring the user up to date with an event or an identification, its `update` of properties included."""
        before = self._profiles.get(amplitude_id)
        if before is None:
            before = Profile(amplitude_id, user_id, (device_id,), NO_PROPERTIES)
        changes = _changes(before, user_id=user_id, device_id=device_id, event=event)
        if update and not _is_same(properties := changed(before.properties, update), before.properties):
            changes["properties"] = properties
        if hardware := self._hardware_of(event):
            changes["hardware"] = hardware
        if place := self._place_of(event):
            changes["place"] = place
        after = msgspec.structs.replace(before, **changes) if changes else before
        self._profiles[amplitude_id] = after
        self._follow(amplitude_id, before.properties, after.properties)
        return after

    def introduce(self, amplitude_id: int, user_id: str) -> None:
        """Make a user that was named before anything was heard of it."""
        self._profiles.setdefault(amplitude_id, Profile(amplitude_id, user_id, (), NO_PROPERTIES))

    def drop(self, amplitude_id: int) -> None:
        """Know nothing of a user any more."""
        gone = self._profiles.pop(amplitude_id)
        self._follow(amplitude_id, gone.properties, NO_PROPERTIES)

    def fold(self, anonymous: int, into: int) -> None:
        """Merge an anonymous user into a known one, whose own properties win."""
        folded = self._profiles.pop(anonymous, None)
        if folded is None:
            return
        known = self._profiles[into]
        devices = tuple(dict.fromkeys((*folded.device_ids, *known.device_ids)))
        properties = {**folded.properties, **known.properties}
        self._profiles[into] = msgspec.structs.replace(known, device_ids=devices, properties=properties)
        self._follow(anonymous, folded.properties, NO_PROPERTIES)
        self._follow(into, known.properties, properties)

    def _follow(self, amplitude_id: int, before: dict[str, Any], after: dict[str, Any]) -> None:
        if self._by_value is not None and before is not after:
            self._by_value.follow(amplitude_id, before, after)

    def _hardware_of(self, event: UploadedEvent) -> Hardware | None:
        sent = _hardware(event)
        if sent == _NO_HARDWARE:
            return None
        return self._hardware.get(sent) or self._hardware.setdefault(sent, Hardware(*sent))

    def _place_of(self, event: UploadedEvent) -> Place | None:
        sent = _place(event)
        if sent == _NO_PLACE:
            return None
        return self._places.get(sent) or self._places.setdefault(sent, Place(*sent))


def _is_same(after: dict[str, Any], before: dict[str, Any]) -> bool:
    """Answer whether nothing changed; 1 and true are equal to Python and not the same to anybody else."""
    return after == before and all(type(after[name]) is type(before[name]) for name in after)


def _changes(before: Profile, *, user_id: str | None, device_id: str, event: UploadedEvent) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if user_id is not None and before.user_id is None:
        changes["user_id"] = user_id
    if device_id not in before.device_ids:
        changes["device_ids"] = (*before.device_ids, device_id)
    if event.app_version is not None and event.app_version != before.app_version:
        changes["app_version"] = event.app_version
        if before.start_version is None:
            changes["start_version"] = event.app_version
    if event.language is not None and (language := english_name(event.language)) != before.language:
        changes["language"] = language
    if event.event_type == IDENTIFY:
        changes.update(_told(event))
    return changes


def _told(event: UploadedEvent) -> dict[str, Any]:
    """Answer what only an identification can say of a user; what is of another type is not heard."""
    told: dict[str, Any] = {}
    if isinstance(event.start_version, str):
        told["start_version"] = event.start_version
    if isinstance(event.paying, (bool, str)):
        told["paying"] = event.paying
    return told
