"""What is kept of an event: itself, and what was known of its user when it came (facts/amplitude-api.md 1.3, 3.4)."""

from __future__ import annotations

from operator import attrgetter
from sys import intern
from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.languages import english_name
from fake_amplitude.records import Carried, Details, Event
from fake_amplitude.wire.nesting import STRING_MAX, cut
from fake_amplitude.wire.upload_form import TIME_MAX_MS

if TYPE_CHECKING:
    from fake_amplitude.caps import Caps
    from fake_amplitude.records import Profile
    from fake_amplitude.warehouse import Warehouse
    from fake_amplitude.wire.upload_form import UploadedEvent

ATTRIBUTION = "/attribution"
SKEW_MS_MAX = 60_000  # a client clock that is off by more is corrected (facts/amplitude-api.md 1.12)
NO_PROPERTIES = b"{}"
REMOTE = "$remote"  # an event's `ip` that stands for the address the request came from

_CARRIED = Carried.__struct_fields__
_carried = attrgetter(*_CARRIED)
_CARRIES_NOTHING = _carried(Carried())


class Arrival(msgspec.Struct, frozen=True):
    """When, from where and by which path an event came, and what is kept of it; `caps` is None without limits."""

    upload_ms: int
    client_upload_ms: int
    path: str
    remote_address: str = ""
    caps: Caps | None = None
    deduplicates_event_ids: bool = False


def stored(
    warehouse: Warehouse,
    event: UploadedEvent,
    profile: Profile,
    *,
    device_id: str,
    arrival: Arrival,
    is_synced: bool,
) -> Event:
    """Answer the record of an event; `is_synced` unless its user properties were not taken."""
    client_ms = arrival.client_upload_ms if event.time is None else event.time
    skew_ms = arrival.upload_ms - arrival.client_upload_ms
    return Event(
        number=len(warehouse.events),
        amplitude_id=profile.amplitude_id,
        user_id=profile.user_id if event.user_id is not None else None,
        device_id=device_id,
        event_type=intern(event.event_type),
        time_ms=bounded(client_ms + skew_ms) if abs(skew_ms) > SKEW_MS_MAX else client_ms,
        client_time_ms=client_ms,
        client_upload_ms=arrival.client_upload_ms,
        upload_ms=arrival.upload_ms,
        insert_id=event.insert_id,
        event_properties=warehouse.shared(_encoded(event.event_properties, arrival.caps)),
        user_properties=profile.properties,
        hardware=profile.hardware,
        place=profile.place,
        details=warehouse.shared(_details(event, profile, arrival, is_synced=is_synced)),
        path=arrival.path,
    )


def bounded(time_ms: int) -> int:
    """Answer a moment that a calendar can say."""
    return max(0, min(time_ms, TIME_MAX_MS))


def _encoded(properties: dict[str, Any] | None, caps: Caps | None) -> bytes:
    if properties and caps is not None:
        properties = caps.kept_of_event(properties)
    if not properties:
        return NO_PROPERTIES
    encoded = msgspec.json.encode(properties)
    return encoded if len(encoded) <= STRING_MAX else msgspec.json.encode(cut(properties))


def _details(event: UploadedEvent, profile: Profile, arrival: Arrival, *, is_synced: bool) -> bytes:
    told: dict[str, Any] = {}
    carried = _carried(event)
    if carried != _CARRIES_NOTHING:
        told = dict(zip(_CARRIED, carried, strict=True))
        told["language"] = event.language and english_name(event.language)
        told["ip"] = (arrival.remote_address or None) if event.ip == REMOTE else event.ip
    if profile.start_version is not None or profile.paying is not None:
        told.update(start_version=profile.start_version, paying=profile.paying)
    if not is_synced:
        told["unsynced"] = True
    if arrival.path == ATTRIBUTION:
        told["is_attribution_event"] = True
    return msgspec.json.encode(Details(**told)) if told else NO_PROPERTIES
