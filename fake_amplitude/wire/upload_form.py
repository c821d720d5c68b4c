"""What an upload looks like: the records of a posted event and of the request around it, and their bounds."""

from __future__ import annotations

from typing import Any

import msgspec

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


class UploadedEvent(msgspec.Struct, frozen=True, gc=False):
    """One event as posted (facts/amplitude-api.md 1.3); unknown keys are ignored."""

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
    app_version: str | None = None
    language: str | None = None
    price: float | None = None
    quantity: int | None = None
    revenue: float | None = None
    productId: str | None = None  # noqa: N815 - the vendor's spelling
    revenueType: str | None = None  # noqa: N815 - the vendor's spelling
    currency: str | None = None
    location_lat: float | None = None
    location_lng: float | None = None
    ip: str | None = None
    idfa: str | None = None
    adid: str | None = None
    idfv: str | None = None
    android_app_set_id: str | None = None
    event_id: int | None = None
    session_id: int | None = None
    plan: dict[str, Any] | None = None
    library: str | None = None
    partner_id: str | None = None


class UploadOptions(msgspec.Struct, frozen=True):
    """The request's options."""

    min_id_length: int | None = None


class Upload(msgspec.Struct, frozen=True):
    """A whole request, valid once made."""

    api_key: str
    events: list[UploadedEvent]
    options: UploadOptions | None = None
    client_upload_time: str | None = None
