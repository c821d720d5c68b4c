"""The JSON of live activities: start one, update or end it, and the token of one on a device."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec
from msgspec import Struct

from fake_onesignal.message_errors import EnglishMissingError, MessageFieldError
from fake_onesignal.messages import ActivityStep, ByActivity, Draft
from fake_onesignal.wire.audience import AudienceBody, audience_of
from fake_onesignal.wire.fields import typed

if TYPE_CHECKING:
    from fake_onesignal.messages import Audience


class StartBody(AudienceBody, frozen=True, kw_only=True):
    """What starts an activity; who gets it is named as for a push."""

    name: str
    activity_id: str
    event_attributes: dict[str, Any]
    event_updates: dict[str, Any]
    headings: dict[str, str]
    contents: dict[str, str]
    event: Literal["start"] = "start"
    idempotency_key: str | None = None
    stale_date: int | None = None
    priority: int | None = None
    ios_relevance_score: float | None = None


class UpdateBody(Struct, frozen=True, kw_only=True):
    """What updates or ends an activity where it runs."""

    name: str
    event: Literal["update", "end"]
    event_updates: dict[str, Any]
    headings: dict[str, str] | None = None
    contents: dict[str, str] | None = None
    sound: str | None = None
    ios_sound: str | None = None
    stale_date: int | None = None
    dismissal_date: int | None = None
    priority: int | None = None
    ios_relevance_score: float | None = None


class TokenBody(Struct, frozen=True):
    """What an SDK says when an activity runs on its device."""

    push_token: str
    subscription_id: str


def parse_start(sent: dict[str, Any], activity_type: str, *, ids_max: int) -> Draft:
    """Read the message that starts an activity."""
    body = typed(sent, StartBody)
    if not body.activity_id:
        raise MessageFieldError("activity_id is required")
    if not body.contents.get("en"):
        raise EnglishMissingError
    targeted = msgspec.structs.replace(body, target_channel=body.target_channel or "push")
    step = ActivityStep(body.activity_id, activity_type, "start")
    return _draft(sent, body, audience_of(targeted, ids_max=ids_max), step)


def parse_update(sent: dict[str, Any], activity_id: str, activity_type: str) -> Draft:
    """Read the message that updates or ends an activity."""
    body = typed(sent, UpdateBody)
    if body.dismissal_date is not None and body.event != "end":
        raise MessageFieldError("dismissal_date is only allowed if event is end")
    return _draft(sent, body, ByActivity(activity_id), ActivityStep(activity_id, activity_type, body.event))


def parse_token(sent: dict[str, Any]) -> tuple[str, str]:
    """Read a device (its subscription id) and the token of its activity."""
    body = typed(sent, TokenBody)
    if not body.push_token:
        raise MessageFieldError("push_token is required")
    return body.subscription_id, body.push_token


def _draft(sent: dict[str, Any], body: StartBody | UpdateBody, audience: Audience, step: ActivityStep) -> Draft:
    return Draft(
        audience=audience,
        channel="push",
        types=("iOSPush",),
        name=body.name,
        title=body.headings or "",
        contents=body.contents or "",
        idempotency_key=(isinstance(body, StartBody) and body.idempotency_key) or "",
        activity=step,
        properties=msgspec.json.encode({name: value for name, value in sent.items() if value is not None}),
    )
