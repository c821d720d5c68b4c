"""The JSON of messages coming in: POST /notifications and the draft it means (facts/onesignal-api.md 6.1, 6.2)."""

from __future__ import annotations

from datetime import timedelta, timezone
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Struct

from fake_onesignal.message_errors import (
    DelayedOptionError,
    EmailIncompleteError,
    EnglishMissingError,
    MessageFieldError,
    MixedChannelsError,
)
from fake_onesignal.messages import TTL_S, BySubscriptions, DelayedOption, Draft, Estimate
from fake_onesignal.notifications import LAST_OF_A_MOMENT
from fake_onesignal.wire.audience import AudienceBody, asserted_channels, audience_of, estimate_of
from fake_onesignal.wire.cursors import parse_cursor
from fake_onesignal.wire.dates import parse_send_after, parse_time_of_day
from fake_onesignal.wire.fields import typed
from fake_onesignal.wire.message_limits import (
    Buttons,
    Copies,
    HuaweiCategory,
    MediaUrls,
    Name,
    TimeToLive,
    WarmUp,
    WebButtons,
    check_custom_data,
)
from fake_onesignal.wire.platforms import FLAG_NAMES, types_asked_for

if TYPE_CHECKING:
    from datetime import datetime

    from fake_onesignal.message_kinds import Channel
    from fake_onesignal.notifications import Cursor
    from fake_onesignal.profiles import Profile

Words: TypeAlias = dict[str, str]
AtOnce: TypeAlias = Literal["immediate"]
"""What callers write who want no delay: in public code and recorded answers, in no documentation (inferred)."""

NOT_ECHOED: Final = frozenset({"app_id", "send_after", "throttle_rate_per_minute"})
THROTTLE_MAX: Final = 10**9


class NotificationBody(AudienceBody, frozen=True, kw_only=True, rename=FLAG_NAMES.get):
    """The parts of POST /notifications that this fake acts on; everything else is echoed as it came."""

    app_id: str
    name: Name | None = None
    contents: Words | None = None
    headings: Words | None = None
    subtitle: Words | None = None
    data: dict[str, Any] | None = None
    custom_data: dict[str, Any] | None = None
    buttons: Buttons | None = None
    web_buttons: WebButtons | None = None
    kind: Literal["warmup"] | None = None
    email_subject: str | None = None
    email_body: str | None = None
    email_bcc: Copies | None = None
    email_warm_up: WarmUp | None = None
    sms_from: str | None = None
    sms_media_urls: MediaUrls | None = None
    template_id: str | None = None
    content_available: bool | None = None
    url: str | None = None
    app_url: str | None = None
    web_url: str | None = None
    send_after: str | None = None
    idempotency_key: str | None = None
    external_id: str | None = None
    include_unsubscribed: bool | None = None
    delayed_option: DelayedOption | AtOnce | None = None
    delivery_time_of_day: str | None = None
    throttle_rate_per_minute: int | str | None = None
    enable_frequency_cap: bool | None = None
    ttl: TimeToLive | None = None
    collapse_id: str | None = None
    huawei_category: HuaweiCategory | None = None
    huawei_msg_type: Literal["data", "message"] | None = None
    to_ios: bool | None = None
    to_android: bool | None = None
    to_huawei: bool | None = None
    to_any_web: bool | None = None
    to_chrome_web: bool | None = None
    to_firefox: bool | None = None
    to_safari: bool | None = None
    to_windows: bool | None = None
    to_amazon: bool | None = None
    to_chrome_extension: bool | None = None
    to_email: bool | None = None
    to_sms: bool | None = None


class ReportBody(Struct, frozen=True, kw_only=True):
    """What a device says of a message: PUT /notifications/{id} and its /report_received."""

    app_id: str
    player_id: str | None = None
    opened: bool | None = None
    device_type: int | None = None

    @property
    def subscription_id(self) -> str:
        """The device, in the form ids are kept in; "" when it is not named, as on the web."""
        return (self.player_id or "").lower()


def parse_time_offset(text: str) -> Cursor:
    """Read where a sequential pull goes on: after a moment and all of it, or after the last message of a page."""
    try:
        return parse_cursor(text, tuple[int, str])
    except ValueError:
        return int(parse_send_after(text).timestamp() * 1_000_000), LAST_OF_A_MOMENT


def parse_notification(sent: dict[str, Any], profile: Profile) -> Draft:
    """Read the message that a request asks for, checked in every part that needs no look at the app."""
    body = typed(sent, NotificationBody)
    audience = audience_of(body, ids_max=profile.ids_max)
    types = types_asked_for(body)
    channel = _channel(body, narrowed=bool(types))
    _check_content(body, channel or "push")
    check_custom_data(body.custom_data, channel or "push")
    return Draft(
        audience=audience,
        channel=channel or "push",
        is_channel_open=channel is None and isinstance(audience, BySubscriptions),
        types=types,
        name=body.name or "",
        title=(body.email_subject or "") if channel == "email" else (body.headings or ""),
        contents="" if channel == "email" else (body.contents or ""),
        template_id=body.template_id or "",
        url=body.url or "",
        app_url=body.app_url or "",
        web_url=body.web_url or "",
        send_after=_send_after(body, profile),
        idempotency_key=body.idempotency_key or body.external_id or "",
        includes_unsubscribed=bool(body.include_unsubscribed),
        **_pace(body, channel or "push"),
        collapse_id=body.collapse_id or "",
        is_huawei_message=body.huawei_msg_type == "message",
        properties=_echo(sent),
    )


def _send_after(body: NotificationBody, profile: Profile) -> datetime | None:
    zoneless = timezone(timedelta(hours=-profile.zoneless_is_utc_minus_h))
    return parse_send_after(body.send_after, zoneless=zoneless) if body.send_after else None


def _pace(body: NotificationBody, channel: Channel) -> dict[str, Any]:
    """Read when and how fast a message is to be sent."""
    throttle = _throttle(body.throttle_rate_per_minute)
    delayed_option = None if body.delayed_option == "immediate" else body.delayed_option
    if delayed_option and (channel == "sms" or throttle):
        raise DelayedOptionError("SMS" if channel == "sms" else "throttling")
    return {
        "delayed_option": delayed_option,
        "delivery_time_of_day": parse_time_of_day(body.delivery_time_of_day) if body.delivery_time_of_day else None,
        "throttle_per_minute": throttle,
        "ttl_s": TTL_S if body.ttl is None else body.ttl,
        "is_capped": body.enable_frequency_cap is not False,
    }


def _throttle(sent: int | str | None) -> int | None:
    """Read a rate, which the client's schema has as text; None leaves it to the app."""
    text = "" if sent is None else str(sent)
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) < len(str(THROTTLE_MAX))):
        raise MessageFieldError("throttle_rate_per_minute must be a number")
    return int(text)


def parse_estimate(sent: dict[str, Any], *, ids_max: int) -> Estimate:
    """Read the audience whose size is asked for."""
    return estimate_of(typed(sent, AudienceBody), ids_max=ids_max)


def parse_report(sent: dict[str, Any]) -> ReportBody:
    """Read what a device reports."""
    return typed(sent, ReportBody)


def _channel(body: NotificationBody, *, narrowed: bool) -> Channel | None:
    """Find the one channel that target, flags or content ask for; None when nothing does."""
    asked = asserted_channels(body)
    if narrowed:
        asked.add("push")
    if body.to_email:
        asked.add("email")
    if body.to_sms:
        asked.add("sms")
    if len(asked) > 1:
        raise MixedChannelsError
    if asked:
        return asked.pop()
    if body.email_subject or body.email_body:
        return "email"
    return "sms" if body.sms_from or body.sms_media_urls else None


def _check_content(body: NotificationBody, channel: Channel) -> None:
    if body.template_id:
        return
    if channel == "email":
        if not body.email_subject:
            raise EmailIncompleteError("subject")
        if not body.email_body:
            raise EmailIncompleteError("body")
    elif not (body.content_available and channel == "push") and not (body.contents or {}).get("en"):
        raise EnglishMissingError


def _echo(sent: dict[str, Any]) -> bytes:
    kept = {name: value for name, value in sent.items() if value is not None and name not in NOT_ECHOED}
    return msgspec.json.encode(kept)
