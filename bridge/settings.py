"""What an operator chooses: which OneSignal app talks to which Amplitude project, and how."""

from __future__ import annotations

from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Literal, get_args

from bridge.contracts import CONTRACTS, Contract
from bridge.contracts.kinds import canonical_kind
from bridge.errors import SettingsError

Region = Literal["US", "EU"]
Anonymous = Literal["drop", "keep"]


@dataclass(frozen=True, slots=True)
class OneSignalApp:
    """One app of OneSignal and the key that may change it."""

    app_id: str
    rest_api_key: str = field(repr=False)

    def __post_init__(self) -> None:
        _require_text("onesignal.app_id", self.app_id)
        _require_header_text("onesignal.rest_api_key", self.rest_api_key)


@dataclass(frozen=True, slots=True)
class AmplitudeProject:
    """One project of Amplitude; its key lives in one region only (facts/integration.md 5)."""

    api_key: str = field(repr=False)
    region: Region = "US"

    def __post_init__(self) -> None:
        _require_text("amplitude.api_key", self.api_key)
        _require_one_of("amplitude.region", self.region, get_args(Region))


@dataclass(frozen=True, slots=True)
class Connection:
    """One OneSignal app connected with one Amplitude project.

    `events` holds the event kinds to forward (None: all of the contract); `anonymous` says what becomes of events
    without an external id; `min_id_length` goes to Amplitude with every upload (facts/integration.md 1.6).
    """

    name: str
    secret: str = field(repr=False)
    onesignal: OneSignalApp
    amplitude: AmplitudeProject
    contract: str = "2022"
    events: frozenset[str] | None = None
    anonymous: Anonymous = "drop"
    min_id_length: int = 1

    def __post_init__(self) -> None:
        _require_text("name", self.name)
        _require_header_text("secret", self.secret)
        _require_one_of("contract", self.contract, tuple(CONTRACTS))
        _require_one_of("anonymous", self.anonymous, get_args(Anonymous))
        if self.min_id_length < 1:
            raise SettingsError(f"min_id_length must be 1 or more, not {self.min_id_length}")
        if self.events is not None:
            kinds = tuple(CONTRACTS[self.contract].events)
            selected = frozenset(canonical_kind(kind) for kind in self.events)
            for kind in sorted(selected):
                _require_one_of("events", kind, kinds)
            object.__setattr__(self, "events", selected)

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

    `outbox_url` is `sqlite://` (in memory) or `sqlite:///path/to/file.db`; `outbox_maximum` is how many deliveries
    may wait before the doors answer 503.
    """

    connections: tuple[Connection, ...]
    outbox_url: str = "sqlite://"
    outbox_maximum: int = 1_000_000

    def __post_init__(self) -> None:
        if self.outbox_maximum < 1:
            raise SettingsError(f"outbox_maximum must be 1 or more, not {self.outbox_maximum}")
        names = [connection.name for connection in self.connections]
        for name in names:
            if names.count(name) > 1:
                raise SettingsError(f"two connections are named {name!r}")


def _require_text(name: str, value: str) -> None:
    if not value or not value.isprintable():
        raise SettingsError(f"{name} must be a printable text that is not empty")


def _require_header_text(name: str, value: str) -> None:
    """Refuse what an HTTP header cannot carry: such a secret would lock everybody out."""
    if not value or not value.isascii() or not value.isprintable() or value != value.strip():
        raise SettingsError(f"{name} must be printable ASCII without spaces around it")


def _require_one_of(name: str, value: str, allowed: tuple[str, ...]) -> None:
    if value in allowed:
        return
    by_folded = {each.casefold(): each for each in allowed}
    nearest = get_close_matches(value.casefold(), by_folded, n=1, cutoff=0)
    hint = f"; did you mean {by_folded[nearest[0]]!r}?" if nearest else ""
    raise SettingsError(f"{name}: {value!r} is not one of {', '.join(allowed)}{hint}")
