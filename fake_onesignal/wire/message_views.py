"""The JSON of messages going out: what was accepted, one message with its statistics, the list, the estimate.

What is unset has its zero (`unset_fields.py`); nothing is null where the strict official client rejects it
(facts/onesignal-api.md 2.3, 6.3), except `remaining` in a profile.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from fake_onesignal.messages import ByAliases, ByTokens
from fake_onesignal.outcomes import of_message
from fake_onesignal.schedule import per_minute
from fake_onesignal.wire.outcomes import render_of_message
from fake_onesignal.wire.platforms import render_platforms
from fake_onesignal.wire.unset_fields import UNSET

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fake_onesignal.ledger import Ledger
    from fake_onesignal.messages import Audience, Notification, Status
    from fake_onesignal.notifications import Page, Sent
    from fake_onesignal.profiles import Profile

_COLUMNS: Final = ("successful", "failed", "errored", "converted", "received")
_EMAIL_COLUMNS: Final = (
    "opened",
    "unique_opens",
    "clicks",
    "unique_clicks",
    "bounced",
    "reported_spam",
    "unsubscribed",
)
_SMS_COLUMNS: Final = ("provider_successful", "provider_failed", "provider_errored")
_PUSH_COLUMNS: Final = ("frequency_capped",)
_MORE_COLUMNS: Final[dict[str, tuple[str, ...]]] = {"email": _EMAIL_COLUMNS, "sms": _SMS_COLUMNS}
_WARM_UP: Final[dict[Status, str]] = {
    "queued": "initializing",
    "sending": "active",
    "sent": "finished",
    "canceled": "canceled",
}
_INVALID_TOKENS: Final = {"Email": "invalid_email_tokens", "SMS": "invalid_phone_numbers"}


def render_sent(sent: Sent, profile: Profile) -> dict[str, Any]:
    """Render the answer to POST /notifications; its id is "" when nobody is reached (facts/onesignal-api.md 6.2)."""
    rendered: dict[str, Any] = {"id": sent.id} if sent.id or profile.shows_empty_id else {}
    if profile.answers_recipients:
        rendered["recipients"] = sent.recipients
    if sent.id:
        rendered["external_id"] = sent.draft.idempotency_key or None
    if sent.unreachable:
        rendered["errors"] = _unreachable(sent.draft.audience, sent.unreachable)
    elif not sent.id:
        rendered["errors"] = ["All included players are not subscribed"]
    return rendered


def render_notification(ledger: Ledger, notification: Notification, profile: Profile) -> dict[str, Any]:
    """Render one message: everything it was created with, and its statistics (facts/onesignal-api.md 6.3)."""
    statistics = ledger.statistics[notification.id]
    counted = ledger.totals(notification.id)
    capped = counted.get("frequency_capped", 0)
    rate = per_minute(ledger.throttle_per_minute, notification.draft)
    is_unknown = profile.remaining_is_null and notification.status == "queued"
    return {
        **UNSET,
        **_created_with(notification, counted),
        **render_platforms(notification.draft),
        "id": notification.id,
        "app_id": notification.app_id,
        **_columns(counted, _COLUMNS),
        "frequency_capped": capped,
        "fcap_status": "capped" if capped else "uncapped",
        "fcap_group_ids": [],
        "remaining": None if is_unknown else ledger.outgoing.remaining.get(notification.id, 0),
        "queued_at": _unix(notification.queued_at),
        "send_after": _unix(notification.due_at),
        "completed_at": _unix(notification.completed_at),
        "canceled": notification.status == "canceled",
        "throttle_rate_per_minute": (rate or None) if profile.throttle_is_shown else None,
        "outcomes": render_of_message(of_message(ledger, notification.id)),
        "platform_delivery_stats": {
            platform: _columns(columns, _COLUMNS + _MORE_COLUMNS.get(platform, _PUSH_COLUMNS))
            for platform, columns in statistics.items()
        },
    }


def _created_with(notification: Notification, counted: Mapping[str, int]) -> dict[str, Any]:
    """Repeat what the message was created with, and what became of its copies and its warming up (inferred)."""
    sent: dict[str, Any] = msgspec.json.decode(notification.draft.properties)
    if "email_bcc" in sent:
        sent["bcc_sent"] = len(sent["email_bcc"]) * counted.get("successful", 0)
    if "email_warm_up" in sent:
        is_live = notification.status == "sending"
        asked = {"strategy": "recommended", **sent["email_warm_up"]}
        sent["email_warm_up"] = {**asked, "status": _WARM_UP[notification.status], "is_live": is_live}
    return sent


def render_notifications(
    ledger: Ledger, page: Page, profile: Profile, *, place: Mapping[str, int | str], limit: int
) -> dict[str, Any]:
    """Render one page of the list of messages; `place` says where it is: its offset, or the cursors around it."""
    return {
        "total_count": page.total_count,
        **place,
        "limit": limit,
        "notifications": [render_notification(ledger, one, profile) for one in page.notifications],
    }


def render_estimate(count: int) -> dict[str, Any]:
    """Render the size of an audience; no plan of this fake caps it."""
    return {"count": count, "cap_applied": False, "mobile_suppressed": False, "mobile_excluded_count": 0}


def _unreachable(audience: Audience, names: Mapping[str, list[str]]) -> dict[str, Any]:
    """Who is unsubscribed, under the name that the way of targeting has for it."""
    if isinstance(audience, ByAliases):
        return {"invalid_external_user_ids": names["external_id"]} if audience.legacy else {"invalid_aliases": names}
    if isinstance(audience, ByTokens):
        return {_INVALID_TOKENS.get(audience.type, "invalid_player_ids"): names[""]}
    return {"invalid_player_ids": names[""]}


def _columns(counted: Mapping[str, int], names: tuple[str, ...]) -> dict[str, int]:
    rendered = {name: counted.get(name, 0) for name in names}
    rendered["converted"] += counted.get("unique_clicks", 0)
    return rendered


def _unix(moment: datetime | None) -> int | None:
    return None if moment is None else int(moment.timestamp())
