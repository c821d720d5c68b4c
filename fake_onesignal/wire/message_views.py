"""The JSON of messages going out: what was accepted, one message with its statistics, the list, the estimate.

No key is null where the strict official client rejects it (facts/onesignal-api.md 1, 6.3): what is unset is left out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec

from fake_onesignal.messages import ByAliases, ByTokens
from fake_onesignal.outcomes import of_message
from fake_onesignal.wire.outcomes import render_of_message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from fake_onesignal.ledger import Ledger
    from fake_onesignal.messages import Audience, Notification
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
_INVALID_TOKENS: Final = {"Email": "invalid_email_tokens", "SMS": "invalid_phone_numbers"}


def render_sent(sent: Sent, profile: Profile) -> dict[str, Any]:
    """Render the answer to POST /notifications; its id is "" when nobody is reached (facts/onesignal-api.md 6.2)."""
    rendered: dict[str, Any] = {"id": sent.id}
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
    is_unknown = profile.remaining_is_null and notification.status == "queued"
    created_with: dict[str, Any] = msgspec.json.decode(notification.draft.properties)
    return {
        **created_with,
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
        "outcomes": render_of_message(of_message(ledger, notification.id)),
        "platform_delivery_stats": {
            platform: _columns(columns, _COLUMNS + _MORE_COLUMNS.get(platform, _PUSH_COLUMNS))
            for platform, columns in statistics.items()
        },
    }


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
