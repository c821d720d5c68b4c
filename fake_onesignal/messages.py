"""The records of messages: what was asked to be sent, to whom, and everything that then happened to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from msgspec import Struct

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime, time

    from fake_onesignal.filters import Rule
    from fake_onesignal.message_kinds import Channel
    from fake_onesignal.records import Subscription, User


class BySegments(Struct, frozen=True):
    """Everyone subscribed in the included segments and in none of the excluded ones, by segment name."""

    included: tuple[str, ...]
    excluded: tuple[str, ...] = ()


class ByAliases(Struct, frozen=True):
    """The users whom these aliases name; `legacy` when asked for as `include_external_user_ids`."""

    aliases: Mapping[str, tuple[str, ...]]
    legacy: bool = False


class BySubscriptions(Struct, frozen=True):
    """These subscriptions, by id; `legacy` when asked for as `include_player_ids`."""

    ids: tuple[str, ...]
    legacy: bool = False


class ByFilters(Struct, frozen=True):
    """Everyone subscribed who passes the filters."""

    rule: Rule


class ByTokens(Struct, frozen=True):
    """These e-mail addresses, phone numbers or push tokens, known or not; `type` is the subscription's."""

    type: str
    tokens: tuple[str, ...]


class ByActivity(Struct, frozen=True):
    """The devices on which this live activity runs."""

    activity_id: str


class Estimate(Struct, frozen=True):
    """An audience whose size is asked for: segments, narrowed by whatever else is given."""

    segments: BySegments
    rule: Rule | None = None
    aliases: Mapping[str, tuple[str, ...]] | None = None
    channel: Channel | None = None


Audience: TypeAlias = BySegments | ByAliases | BySubscriptions | ByFilters | ByTokens | ByActivity
Text: TypeAlias = "Mapping[str, str] | str"
"""What a person reads: by language (push, SMS), or plain (the subject of an e-mail)."""

Status: TypeAlias = Literal["queued", "sending", "sent", "canceled"]
DelayedOption: TypeAlias = Literal["timezone", "last-active"]

TTL_S: Final = 259_200
"""How long a push waits for its device when the request does not say: three days (facts/onesignal-api.md 6.1)."""


class ActivityStep(Struct, frozen=True):
    """What a message does to a live activity: start, update or end it."""

    activity_id: str
    activity_type: str
    event: Literal["start", "update", "end"]


class Draft(Struct, frozen=True, kw_only=True):
    """A message as it was asked for. `types` narrows the audience to these subscription types; empty narrows nothing.

    `properties` is the request's JSON object, which the service echoes when the message is viewed.
    `throttle_per_minute` 0 sends without throttling, None as the app does. `is_capped` is whether the app's frequency
    cap applies. `activity` makes the message a step of a live activity.
    """

    audience: Audience
    channel: Channel
    is_channel_open: bool = False
    types: tuple[str, ...] = ()
    name: str = ""
    title: Text = ""
    contents: Text = ""
    template_id: str = ""
    url: str = ""
    app_url: str = ""
    web_url: str = ""
    send_after: datetime | None = None
    idempotency_key: str = ""
    includes_unsubscribed: bool = False
    delayed_option: DelayedOption | None = None
    delivery_time_of_day: time | None = None
    throttle_per_minute: int | None = None
    ttl_s: int = TTL_S
    collapse_id: str = ""
    is_capped: bool = True
    is_huawei_message: bool = False
    activity: ActivityStep | None = None
    properties: bytes = b"{}"


class Notification(Struct, frozen=True, kw_only=True):
    """An accepted message. Times are UTC; `completed_at` is None until everyone was served.

    `unreachable` is what the answer to its request said: by alias label ("" for anything but aliases), who was
    unsubscribed at that moment; `recipients` is how many were reachable then, where the profile has it told.
    """

    id: str
    app_id: str
    draft: Draft
    queued_at: datetime
    unreachable: Mapping[str, list[str]] = {}
    recipients: int = 0
    status: Status = "queued"
    completed_at: datetime | None = None

    @property
    def due_at(self) -> datetime:
        """When the sending may begin."""
        return max(self.queued_at, self.draft.send_after or self.queued_at)


class InAppMessage(Struct, frozen=True, kw_only=True):
    """A message shown inside the customer's app; made in the dashboard, listed and reported on by SDKs.

    `triggers` are the groups of conditions that SDKs look at, `pages` and `targets` (what can be tapped) have names by
    id.
    """

    id: str
    app_id: str
    variant_id: str
    name: str
    created_at: datetime
    html: str = ""
    triggers: tuple[tuple[Mapping[str, Any], ...], ...] = ()
    pages: Mapping[str, str] = {}
    targets: Mapping[str, str] = {}
    display_duration_s: float | None = None


class Details(Struct, frozen=True, gc=False):
    """What some kinds of event say beyond the common: why a send failed, which page was shown, what was tapped."""

    failure_reason: str = ""
    page_id: str = ""
    target_id: str = ""


NOTHING_MORE = Details()


class MessageEvent(Struct, frozen=True, gc=False, kw_only=True):
    """One thing that happened to one message at one subscription, with the owner's ids as they were at that moment.

    `id` is a UUID and travels: whoever receives the event recognises a repetition by it. `external_id` is "" for an
    anonymous user.
    """

    id: str
    kind: str
    at: datetime
    app_id: str
    message_id: str
    subscription_id: str
    onesignal_id: str
    external_id: str
    device_type: str
    details: Details = NOTHING_MORE


class Happening(Struct, frozen=True, kw_only=True):
    """What a `MessageEvent` is about: the message, the subscription and its owner as they were when it happened."""

    kind: str
    at: datetime
    message: Notification | InAppMessage
    subscription: Subscription
    user: User
    details: Details = NOTHING_MORE
