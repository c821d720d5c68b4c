"""The JSON of audit logs, and their query."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from msgspec import Struct

from fake_onesignal.audit import KEPT_FOR, PAGE_MAX, Query
from fake_onesignal.audit_errors import AuditQueryRefusedError
from fake_onesignal.wire.cursors import parse_cursor, render_cursor
from fake_onesignal.wire.dates import parse_moment

if TYPE_CHECKING:
    from werkzeug.datastructures import MultiDict

    from fake_onesignal.audit import AuditEvent

LIMIT_LENGTH_MAX: Final = 20
VALUES_MAX: Final = {
    "app_ids": 10,
    "actions": 20,
    "actor_ids": 10,
    "actor_emails": 10,
    "target_types": 10,
    "target_ids": 10,
    "ip_addresses": 10,
}


class Page(Struct, frozen=True):
    """Where a page begins; a cursor carries the time span of the first page along."""

    after: int
    start: datetime
    end: datetime


def parse_audit_query(args: MultiDict[str, str], now: datetime) -> tuple[Query, int, int]:
    """Read the query: which rows, after which place, how many. With a cursor the two times are ignored."""
    page = _page(args, now)
    asked = {name: _values(args, name, most) for name, most in VALUES_MAX.items()}
    return Query(page.start, page.end, **asked), page.after, _limit(args.get("limit", ""))


def render_audit_page(events: list[AuditEvent], query: Query, after: int | None) -> dict[str, Any]:
    """Render one page; the cursor is there only when more rows are."""
    rendered: dict[str, Any] = {"audit_logs": [_event(event) for event in events], "has_more": after is not None}
    if after is not None:
        rendered["next_cursor"] = render_cursor(Page(after, query.start, query.end))
    return rendered


def _event(event: AuditEvent) -> dict[str, Any]:
    actor, target = event.actor, event.target
    context = {"ip": actor.ip, "user_agent": actor.user_agent}
    return {
        "id": event.id,
        "action": event.action,
        "organization_id": event.organization_id,
        "app_id": event.app_id,
        "occurred_at": event.at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        "version": 1,
        "actor": {"type": "api_key", "id": actor.id, "name": actor.name},
        "targets": [{"type": target.type, "id": target.id, "name": target.name}],
        "context": {name: value for name, value in context.items() if value},
    }


def _page(args: MultiDict[str, str], now: datetime) -> Page:
    try:
        if args.get("cursor"):
            return parse_cursor(args["cursor"], Page)
        start, end = parse_moment(args["start_time"]), parse_moment(args["end_time"]) if args.get("end_time") else now
    except (ValueError, OverflowError, KeyError) as error:
        raise AuditQueryRefusedError from error
    if end <= start or start < now - KEPT_FOR:
        raise AuditQueryRefusedError
    return Page(0, start, end)


def _limit(text: str) -> int:
    """Read how many rows are wanted, brought into the range that the service allows."""
    try:
        return max(1, min(int(text[:LIMIT_LENGTH_MAX]), PAGE_MAX)) if text else PAGE_MAX
    except ValueError as error:
        raise AuditQueryRefusedError from error


def _values(args: MultiDict[str, str], name: str, most: int) -> tuple[str, ...]:
    """Read a list: the parameter repeated, with or without brackets, or its values between commas."""
    sent = [*args.getlist(name), *args.getlist(f"{name}[]")]
    values = tuple(value for text in sent for value in text.split(",") if value)
    if len(values) > most:
        raise AuditQueryRefusedError
    return values
