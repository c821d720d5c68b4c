"""The organization's audit log: every message, and every change of an app, key, segment, template or journey.

Reading it needs an organization key and no plan here; it reaches back 90 days (spec of list_audit_logs,
facts/onesignal-api.md 2.2). The names of the actions follow its examples (`segment.created`, `notification.sent` when a
message is accepted); beyond those (inferred).
What the dashboard's verbs do is not written down: nobody called.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID, uuid5

from msgspec import Struct

if TYPE_CHECKING:
    from datetime import datetime

    from fake_onesignal.state import World

KEPT_FOR: Final = timedelta(days=90)
PAGE_MAX: Final = 100


class Target(Struct, frozen=True):
    """What was changed: `type` is `app`, `api_key`, `segment`, `template`, `journey` or `notification`."""

    type: str
    id: str
    name: str


class Actor(Struct, frozen=True):
    """The key that was shown, by id and name, and where the call came from."""

    id: str
    name: str
    ip: str = ""
    user_agent: str = ""


class AuditEvent(Struct, frozen=True, kw_only=True):
    """One row of the log. `id` is made of its place in the log, so that the log takes none of the world's ids."""

    id: str
    action: str
    organization_id: str
    app_id: str
    actor: Actor
    target: Target
    at: datetime


@dataclass(frozen=True, slots=True)
class Query:
    """What rows are asked for: a span of time and, where given, any of these values each."""

    start: datetime
    end: datetime
    app_ids: tuple[str, ...] = ()
    actions: tuple[str, ...] = ()
    actor_ids: tuple[str, ...] = ()
    actor_emails: tuple[str, ...] = ()
    target_types: tuple[str, ...] = ()
    target_ids: tuple[str, ...] = ()
    ip_addresses: tuple[str, ...] = ()

    def takes(self, event: AuditEvent) -> bool:
        """Say whether a row is asked for. Keys have no e-mail address, so asking for one finds nothing."""
        wanted = (
            (self.app_ids, event.app_id),
            (self.actions, event.action),
            (self.actor_ids, event.actor.id),
            (self.actor_emails, None),
            (self.target_types, event.target.type),
            (self.target_ids, event.target.id),
            (self.ip_addresses, event.actor.ip),
        )
        return self.start <= event.at <= self.end and all(not values or value in values for values, value in wanted)


def write(world: World, action: str, *, app_id: str, actor: Actor, target: Target) -> AuditEvent:
    """Write down that something was changed."""
    event = AuditEvent(
        id=str(uuid5(UUID(world.organization.id), f"audit {len(world.audit_log)}")),
        action=action,
        organization_id=world.organization.id,
        app_id=app_id,
        actor=actor,
        target=target,
        at=world.now(),
    )
    world.audit_log.append(event)
    return event


def read(world: World, query: Query, *, after: int, limit: int) -> tuple[list[AuditEvent], int | None]:
    """Give a page of rows, the oldest first, and the place after which the next page begins; None when it was the last.

    `after` is a place in the log: the number of rows that have been passed.
    """
    page: list[AuditEvent] = []
    passed = after
    for place, event in enumerate(world.audit_log[after:], start=after):
        if not query.takes(event):
            continue
        if len(page) == limit:
            return page, passed
        page.append(event)
        passed = place + 1
    return page, None
