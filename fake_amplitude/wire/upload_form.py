"""What an upload looks like: the records of a posted event and of the request around it, and their bounds."""

from __future__ import annotations

from typing import Any

import msgspec

from fake_amplitude.records import Carried

IDENTIFY, GROUP_IDENTIFY = "$identify", "$groupidentify"
EVENTS_MAX = 2_000
TIME_MAX_MS = 253_402_300_799_999  # the last millisecond of year 9999
RESERVED_EVENT_TYPES = frozenset(
    {
        "[Amplitude] Start Session",
        "[Amplitude] End Session",
        "[Amplitude] Revenue",
        "[Amplitude] Revenue (Verified)",
        "[Amplitude] Revenue (Unverified)",
        "[Amplitude] Merged User",
    }
)


class UploadedEvent(Carried, frozen=True, gc=False, kw_only=True):
    """One event as posted (facts/amplitude-api.md 1.3); unknown keys are ignored.

    `paying` and `start_version` are read of identifications only; on an event they are unknown keys (1.5).
    """

    event_type: str
    user_id: str | None = None
    device_id: str | None = None
    time: int | None = None
    insert_id: str | None = None
    event_properties: dict[str, Any] | None = None
    user_properties: dict[str, Any] | None = None
    groups: dict[str, Any] | None = None
    group_properties: dict[str, Any] | None = None
    skips_properties: bool | None = msgspec.field(default=None, name="$skip_user_properties_sync")
    platform: str | None = None
    os_name: str | None = None
    os_version: str | None = None
    device_brand: str | None = None
    device_manufacturer: str | None = None
    device_model: str | None = None
    carrier: str | None = None
    country: str | None = None
    region: str | None = None
    city: str | None = None
    dma: str | None = None
    idfv: str | None = None
    android_app_set_id: str | None = None
    paying: Any = None
    start_version: Any = None


class UploadOptions(msgspec.Struct, frozen=True):
    """The request's options."""

    min_id_length: int | None = None


class Upload(msgspec.Struct, frozen=True):
    """A whole request, valid once made."""

    api_key: str
    events: list[UploadedEvent]
    options: UploadOptions | None = None
    client_upload_time: str | None = None
