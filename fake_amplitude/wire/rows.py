"""Renders an event as a row of the export and of a user's activity (facts/amplitude-api.md 1.12)."""

from __future__ import annotations

from hashlib import blake2b
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec

from fake_amplitude.records import NO_SESSION
from fake_amplitude.wire.moments import render_moment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from fake_amplitude.records import Event, Project

UNSET_KEYS = [
    "$insert_key",
    "$schema",
    "adid",
    "amplitude_attribution_ids",
    "amplitude_event_type",
    "device_brand",
    "device_manufacturer",
    "device_type",
    "idfa",
    "ip_address",
    "is_attribution_event",
    "language",
    "location_lat",
    "location_lng",
    "partner_id",
    "paying",
    "sample_rate",
    "start_version",
    "version_name",
]
ALWAYS: dict[str, Any] = {
    **dict.fromkeys(UNSET_KEYS),
    "data_type": "event",
    "global_user_properties": {},
    "group_properties": {},
    "groups": {},
    "library": "http/2.0",
    "plan": {},
    "session_id": NO_SESSION,
    "source_id": "",
}
_ENCODER = msgspec.json.Encoder(order="sorted")
DETAIL_KEYS = {"app_version": "version_name", "ip": "ip_address"}


def render_row(project: Project, event: Event, first_ms: int) -> dict[str, Any]:
    """Render a row; `first_ms` is when its user was first seen."""
    details = {DETAIL_KEYS.get(key, key): value for key, value in msgspec.json.decode(event.details).items()}
    is_synced = not details.pop("unsynced", False)
    return {
        **ALWAYS,
        **_times(event, first_ms),
        **_device_and_place(event),
        "$insert_id": _drawn(project, event, "insert") if event.insert_id is None else event.insert_id,
        "amplitude_id": event.amplitude_id,
        "app": project.id,
        "data": {"path": event.path, "user_properties_updated": is_synced, "group_first_event": {}, "group_ids": {}},
        "device_id": event.device_id,
        "event_id": event.number,
        "event_properties": msgspec.json.decode(event.event_properties),
        "event_type": event.event_type,
        "user_id": event.user_id,
        "user_properties": event.user_properties,
        "uuid": row_id(project, event),
        **details,
    }


def render_lines(project: Project, events: Iterable[Event], first_ms_of: Callable[[int], int]) -> bytes:
    """Render events as lines of JSON with sorted keys."""
    rows = (render_row(project, event, first_ms_of(event.amplitude_id)) for event in events)
    return b"".join(_ENCODER.encode(row) + b"\n" for row in rows)


def row_id(project: Project, event: Event) -> str:
    """Answer the UUID of a stored event, which is always the same."""
    return _drawn(project, event, "row")


def _drawn(project: Project, event: Event, of: str) -> str:
    """Answer a version 4 UUID, as the server's are."""
    drawn = blake2b(f"{of}:{project.id}:{event.number}".encode(), digest_size=16).digest()
    return str(UUID(bytes=drawn, version=4))


def _times(event: Event, first_ms: int) -> dict[str, str]:
    uploaded = render_moment(event.upload_ms)
    return {
        "client_event_time": render_moment(event.client_time_ms),
        "client_upload_time": render_moment(event.client_upload_ms),
        "event_time": render_moment(event.time_ms),
        "processed_time": uploaded,
        "server_received_time": uploaded,
        "server_upload_time": uploaded,
        "user_creation_time": render_moment(first_ms),
    }


def _device_and_place(event: Event) -> dict[str, str | None]:
    hardware, place = event.hardware, event.place
    return {
        "city": place.city,
        "country": place.country,
        "device_brand": hardware.device_brand,
        "device_carrier": hardware.carrier,
        "device_family": hardware.device_model,
        "device_manufacturer": hardware.device_manufacturer,
        "device_model": hardware.device_model,
        "dma": place.dma,
        "os_name": hardware.os_name,
        "os_version": hardware.os_version,
        "platform": hardware.platform,
        "region": place.region,
    }
