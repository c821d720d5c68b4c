"""What OneSignal remembers, one immutable record a thing: apps, users and their subscriptions, segments, cohorts.

The records are msgspec structs: slotted, frozen, unseen by the garbage collector (they hold only text, numbers and
flat containers), which is what lets hundreds of thousands of them live in one process.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from msgspec import Struct
from msgspec.structs import replace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fake_onesignal.filters import Rule
    from fake_onesignal.plans import PlanName

__all__ = [
    "ApiKey",
    "App",
    "Cohort",
    "Export",
    "Organization",
    "Purchase",
    "Segment",
    "Subscription",
    "User",
    "replace",
]


class Organization(Struct, frozen=True):
    """The account that owns the apps; its key opens the app and key endpoints."""

    id: str
    api_key: str

    def __repr__(self) -> str:
        return f"Organization(id={self.id!r})"


class App(Struct, frozen=True):
    """One app of the organization: `plan` decides what is allowed, times are unix seconds.

    `platforms` is what was said of its push platforms: certificates, keys, sites, icons, by their names on the wire.
    """

    id: str
    name: str
    organization_id: str
    rest_api_key: str
    plan: PlanName
    created_at: int
    updated_at: int
    platforms: Mapping[str, str | bool] = {}

    def __repr__(self) -> str:
        return f"App(id={self.id!r}, name={self.name!r}, plan={self.plan!r})"


class ApiKey(Struct, frozen=True, kw_only=True):
    """A key that opens one app; `ip_allowlist` are CIDR blocks, times are unix seconds."""

    id: str
    secret: str
    created_at: int
    updated_at: int
    name: str = ""
    ip_allowlist_mode: Literal["disabled", "explicit"] = "disabled"
    ip_allowlist: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return f"ApiKey(id={self.id!r}, name={self.name!r})"


class Purchase(Struct, frozen=True, gc=False):
    """One purchase as an SDK reports it; `amount` is a decimal as text, `iso` the currency."""

    sku: str
    amount: str
    iso: str
    count: int = 1


class User(Struct, frozen=True, gc=False):
    """A person: aliases, tags and properties. The order of `subscription_ids` is the order of arrival.

    `subscribed` counts the user's subscribed subscriptions and is kept by the verbs of `AppState`.
    """

    onesignal_id: str
    first_active: int
    last_active: int
    aliases: Mapping[str, str] = {}
    subscription_ids: tuple[str, ...] = ()
    subscribed: int = 0
    tags: Mapping[str, str] = {}
    language: str = ""
    timezone_id: str = ""
    country: str = ""
    lat: float | None = None
    long: float | None = None
    ip: str = ""
    test_user_name: str = ""
    amount_spent: float = 0.0
    purchases: tuple[Purchase, ...] = ()

    @property
    def external_id(self) -> str | None:
        """The customer's own name for the user; None for an anonymous user."""
        return self.aliases.get("external_id")


class Subscription(Struct, frozen=True, gc=False):
    """One channel of one user: a device that takes push, an e-mail address or a phone number.

    `onesignal_id` names the owner. Unknown text is "" and unknown numbers are 0, as the service answers them
    (facts/onesignal-api.md 4.1). Times are unix seconds, durations seconds.
    """

    id: str
    onesignal_id: str
    type: str
    created_at: int
    last_active: int
    token: str = ""
    enabled: bool = True
    notification_types: int = 1
    session_time: int = 0
    session_count: int = 1
    sdk: str = ""
    device_model: str = ""
    device_os: str = ""
    rooted: bool = False
    test_type: int = 0
    app_version: str = ""
    net_type: int = 0
    carrier: str = ""
    web_auth: str = ""
    web_p256: str = ""
    unsubscribed_at: int = 0
    ad_id: str = ""
    badge_count: int = 0
    timezone_s: int = 0

    @property
    def is_subscribed(self) -> bool:
        """Whether a message can be sent to it and a segment counts it (facts/onesignal-api.md 4.2).

        Nobody is prompted for an e-mail address or a phone number, so "never prompted" (0, -99) is no refusal there.
        """
        if not (self.enabled and self.token):
            return False
        if self.notification_types > 0:
            return True
        return self.type in {"Email", "SMS"} and self.notification_types in {0, -99}


class Segment(Struct, frozen=True):
    """A named audience: `filters` is the filter array as given, `rule` what it means, times are unix seconds."""

    id: str
    name: str
    filters: tuple[Mapping[str, Any], ...]
    rule: Rule
    created_at: int
    updated_at: int
    description: str = ""
    source: Literal["default", "custom", "quickstart"] = "custom"
    read_only: bool = False
    is_active: bool = True


class Export(Struct, frozen=True, gc=False):
    """A CSV file that was asked for: its rows as they were then, readable from `ready_at` on."""

    path: str
    ready_at: datetime
    rows: tuple[tuple[User, Subscription], ...]
    extra_fields: tuple[str, ...]


class Cohort(Struct, frozen=True):
    """An Amplitude cohort that a partner keeps in step; `segment_id` is the segment made of it, or ""."""

    id: str
    name: str
    segment_id: str = ""
