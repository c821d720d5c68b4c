"""What an operator chooses: which OneSignal app talks to which Amplitude project, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, get_args

from bridge.choices import CohortPull, CustomEvents, Tags, Texts
from bridge.contracts import CONTRACTS, Contract
from bridge.contracts.kinds import canonical_kind
from bridge.errors import SettingsError
from bridge.serving import Doors, require_urls
from bridge.setting_rules import require_header_text, require_one_of, require_text
from bridge.source_event import SOURCE_FIELDS

Region = Literal["US", "EU"]
Endpoint = Literal["httpapi", "batch"]
Anonymous = Literal["drop", "keep"]
Membership = Literal["modelled", "tags"]


@dataclass(frozen=True, slots=True)
class OneSignalApp:
    """One app of OneSignal and the key that may change it."""

    app_id: str
    rest_api_key: str = field(repr=False)

    def __post_init__(self) -> None:
        require_text("onesignal.app_id", self.app_id)
        require_header_text("onesignal.rest_api_key", self.rest_api_key)


@dataclass(frozen=True, slots=True)
class AmplitudeProject:
    """One project of Amplitude; its keys live in one region only (facts/integration.md 5).

    `batch` takes more events per user and second than `httpapi` (facts/amplitude-api.md 2.4).

    The secret key is needed only to pull cohorts.
    """

    api_key: str = field(repr=False)
    region: Region = "US"
    endpoint: Endpoint = "httpapi"
    secret_key: str = field(default="", repr=False)

    def __post_init__(self) -> None:
        require_text("amplitude.api_key", self.api_key)
        require_one_of("amplitude.region", self.region, get_args(Region))
        require_one_of("amplitude.endpoint", self.endpoint, get_args(Endpoint))


@dataclass(frozen=True, slots=True)
class Connection:
    """One OneSignal app connected with one Amplitude project.

    `events` holds the event kinds to forward (None: all of the contract); `anonymous` says what becomes of events
    without an external id; `min_id_length` goes to Amplitude with every upload (facts/integration.md 1.6). `fields`
    says where a customer's own stream template put our fields: `{"event.kind": "payload.type"}`. `membership` is the
    way of cohorts into OneSignal: the modelled route, or tags of its users by the public API. `mapped_property` is
    where a cohort's webhook or file holds the external id: `user_id`, or a user property.
    """

    name: str
    secret: str = field(repr=False)
    onesignal: OneSignalApp
    amplitude: AmplitudeProject
    contract: str = "2022"
    events: frozenset[str] | None = None
    anonymous: Anonymous = "drop"
    min_id_length: int = 1
    fields: dict[str, str] = field(default_factory=dict)
    texts: Texts = field(default_factory=Texts)
    membership: Membership = "modelled"
    tags: Tags = field(default_factory=Tags)
    mapped_property: str = "user_id"
    pulls: tuple[CohortPull, ...] = ()
    custom_events: CustomEvents = field(default_factory=CustomEvents)

    def __post_init__(self) -> None:
        require_text("name", self.name)
        require_header_text("secret", self.secret)
        require_one_of("contract", self.contract, tuple(CONTRACTS))
        require_one_of("anonymous", self.anonymous, get_args(Anonymous))
        if self.min_id_length < 1:
            raise SettingsError(f"min_id_length must be 1 or more, not {self.min_id_length}")
        if self.events is not None:
            kinds = tuple(CONTRACTS[self.contract].events)
            selected = frozenset(canonical_kind(kind) for kind in self.events)
            for kind in sorted(selected):
                require_one_of("events", kind, kinds)
            object.__setattr__(self, "events", selected)
        for name in self.fields:
            require_one_of("fields", name, SOURCE_FIELDS)
        require_text("mapped_property", self.mapped_property)
        require_one_of("membership", self.membership, get_args(Membership))
        if self.pulls and not self.amplitude.secret_key:
            raise SettingsError("pulls need amplitude.secret_key")

    @property
    def event_contract(self) -> Contract:
        """The table by which this connection's message events are named."""
        return CONTRACTS[self.contract]

    def selects(self, kind: str) -> bool:
        """Say whether the operator wants this kind forwarded."""
        return self.events is None or kind in self.events


@dataclass(frozen=True, slots=True)
class Settings:
    """All connections of one bridge and where it keeps what it still owes.

    `outbox_url` is `sqlite://` (in memory), `sqlite:///path/to/file.db` or `postgresql+psycopg://user@host/database`;
    `outbox_maximum` is how many deliveries may wait before the doors answer 503. What is finished is kept for
    `retention_days`, and the ids of its message events are known again for `event_memory_days` after they came.
    `gateways` says which of a vendor's base URLs is reached by another one, as `{"https://api2.amplitude.com":
    "http://gateway.intern:8000"}`.
    """

    connections: tuple[Connection, ...]
    outbox_url: str = field(default="sqlite://", repr=False)
    outbox_maximum: int = 1_000_000
    retention_days: int = 30
    event_memory_days: int = 90
    doors: Doors = field(default_factory=Doors)
    gateways: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for name in ("outbox_maximum", "retention_days", "event_memory_days"):
            if getattr(self, name) < 1:
                raise SettingsError(f"{name} must be 1 or more, not {getattr(self, name)}")
        if self.event_memory_days < self.retention_days:
            raise SettingsError("event_memory_days must not be less than retention_days")
        if self.doors.processes > 1 and not self.outbox_url.startswith("postgresql"):
            raise SettingsError("doors.processes: an outbox on SQLite has one process; several need PostgreSQL")
        require_urls("gateways", self.gateways)
        names = [connection.name for connection in self.connections]
        for name in names:
            if names.count(name) > 1:
                raise SettingsError(f"two connections are named {name!r}")
