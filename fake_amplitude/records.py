"""The things Amplitude keeps: projects, users, events, cohorts, destinations and what was synced to them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

import msgspec

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fake_amplitude.rules import Rule

Region = Literal["US", "EU"]
Limits = Literal["off", "documented"]
Cadence = Literal["one-time", "hourly", "daily", "weekly", "minute"]
Operation = Literal["ADD", "REMOVE"]
Plan = Literal["Starter", "Plus", "Growth", "Enterprise"]
Protocol = Literal["lists", "webhook", "traits"]

NO_SESSION = -1


@dataclass(frozen=True, slots=True)
class Project:
    """A project of the region's organisation; its keys are unknown in the other region."""

    id: int
    name: str
    api_key: str = field(repr=False)
    secret_key: str = field(repr=False)


class Hardware(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """The device properties, which change together: setting one resets the others (facts/amplitude-api.md 3.4)."""

    platform: str | None = None
    os_name: str | None = None
    os_version: str | None = None
    device_brand: str | None = None
    device_manufacturer: str | None = None
    device_model: str | None = None
    carrier: str | None = None


class Place(msgspec.Struct, frozen=True, gc=False, omit_defaults=True):
    """Where a user is; the four change together as well."""

    country: str | None = None
    region: str | None = None
    city: str | None = None
    dma: str | None = None


class Carried(msgspec.Struct, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """What an event may carry beside who did what, and on what device and where."""

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
    event_id: int | None = None
    session_id: int | None = None
    plan: dict[str, Any] | None = None
    groups: dict[str, Any] | None = None
    library: str | None = None
    partner_id: str | None = None


class Details(Carried, frozen=True, gc=False, omit_defaults=True, kw_only=True):
    """What few events carry, and what was known of their user; kept encoded."""

    unsynced: bool | None = None
    is_attribution_event: bool | None = None
    paying: bool | str | None = None
    start_version: str | None = None


NO_HARDWARE, NO_PLACE = Hardware(), Place()


class Profile(msgspec.Struct, frozen=True, gc=False):
    """A user as Amplitude knows it now. The dictionary is replaced, never changed, so that events can share it."""

    amplitude_id: int
    user_id: str | None
    device_ids: tuple[str, ...]
    properties: dict[str, Any]
    hardware: Hardware = NO_HARDWARE
    place: Place = NO_PLACE
    app_version: str | None = None
    start_version: str | None = None
    language: str | None = None
    paying: bool | str | None = None


class Event(msgspec.Struct, frozen=True, gc=False):
    """One stored event; times in milliseconds, properties as encoded JSON or as they were at the event."""

    number: int
    amplitude_id: int
    user_id: str | None
    device_id: str
    event_type: str
    time_ms: int
    client_time_ms: int
    client_upload_ms: int
    upload_ms: int
    insert_id: str | None
    event_properties: bytes
    user_properties: dict[str, Any]
    hardware: Hardware
    place: Place
    details: bytes
    path: str


@dataclass(frozen=True, slots=True)
class Cohort:
    """A named set of users: by `rule`, or by an uploaded list when there is none. Sizes count merged users."""

    id: str
    project_id: int
    name: str
    rule: Rule | None
    owner: str
    published: bool
    members: frozenset[int] = field(repr=False)
    created_ms: int
    modified_ms: int
    computed_ms: int
    archived: bool = False


@dataclass(frozen=True, slots=True)
class CohortDownload:
    """A requested export of a cohort's members; the file is there from `ready_ms` on."""

    request_id: str
    cohort_id: str
    project_id: int
    members: tuple[int, ...] = field(repr=False)
    property_names: tuple[str, ...] | None
    ready_ms: int


@dataclass(frozen=True, slots=True)
class Destination:
    """A partner that cohorts are synced to at `url`; `headers` carry its credentials.

    `lists` and `traits` are the protocols of partners, list-based and property-based; `webhook` is Amplitude's own.
    """

    id: str
    project_id: int
    name: str
    url: str
    headers: Mapping[str, str] = field(repr=False)
    mapped_property: str
    batch_size: int
    protocol: Protocol = "lists"
    slugifies: bool = False


@dataclass(frozen=True, slots=True)
class CohortSync:
    """The schedule of one cohort at one destination: periodic from `slots_from` on; no `next_slot`, no more runs."""

    cohort_id: str
    destination_id: str
    cadence: Cadence
    next_slot: datetime | None
    slots_from: datetime


class SyncRow(msgspec.Struct, frozen=True, gc=False):
    """What became of one user in one run: a line of the sync history's CSV."""

    amplitude_id: int
    operation: Operation
    mapped_value: str | None
    skip_detected: bool = False
    skip_reason: str = ""


@dataclass(frozen=True, slots=True)
class SyncRun:
    """One finished run of a cohort sync; `undelivered` counts users of batches given up after all retries.

    `problem` is what the dashboard says of the last call that failed for good.
    """

    cohort_id: str
    destination_id: str
    started: datetime
    finished: datetime
    status: Literal["Successful", "Failed"]
    added: int
    removed: int
    skipped: int
    undelivered: int
    rows: tuple[SyncRow, ...] = field(repr=False)
    cadence: Cadence = "one-time"
    mapped_property: str = "user_id"
    problem: str = ""
