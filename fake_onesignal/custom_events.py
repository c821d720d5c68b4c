"""Custom events: what the customer's app or server says a user did, kept one by one (facts/onesignal-api.md 7.3).

An event for a user whom nobody knows is reported back inside the accepting answer, and the others are kept.
A repeated idempotency key is accepted and kept once. A moment in the future becomes now.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, Any

from msgspec import Struct

from fake_onesignal.message_errors import PlanError
from fake_onesignal.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from fake_onesignal.state import AppState, World


class CustomEventDraft(Struct, frozen=True, kw_only=True):
    """One event as it was sent: the user is named by `label` and `value`."""

    name: str
    label: str
    value: str
    at: datetime | None
    idempotency_key: str
    properties: Mapping[str, Any]


class CustomEvent(Struct, frozen=True, kw_only=True):
    """One event as it is kept: when it happened, when it came, and whose it is."""

    id: str
    name: str
    onesignal_id: str
    external_id: str
    at: datetime
    received_at: datetime
    idempotency_key: str
    properties: Mapping[str, Any]


class CustomEvents:
    """The custom events of one app, in the order in which they came, and when each idempotency key was first seen."""

    def __init__(self) -> None:
        self.kept: list[CustomEvent] = []
        self._seen: dict[str, datetime] = {}

    def is_repeated(self, key: str, now: datetime, window: timedelta) -> bool:
        """Say whether a key was seen within the window, and remember it if it was not."""
        while self._seen and now - next(iter(self._seen.values())) >= window:
            del self._seen[next(iter(self._seen))]
        if not key or key in self._seen:
            return bool(key)
        self._seen[key] = now
        return False


def record(world: World, state: AppState, drafts: Sequence[CustomEventDraft]) -> list[CustomEventDraft]:
    """Keep events; answers those whose user does not exist. Raises PlanError on the Free plan."""
    if not PLANS[state.app.plan].is_paid:
        raise PlanError
    now = world.now()
    window = timedelta(hours=world.profile.custom_events_remembered_h)
    unknown = []
    for draft in drafts:
        user = state.user_by(draft.label, draft.value)
        if user is None:
            unknown.append(draft)
        elif not state.ledger.custom_events.is_repeated(draft.idempotency_key, now, window):
            state.ledger.custom_events.kept.append(
                CustomEvent(
                    id=world.ids(),
                    name=draft.name,
                    onesignal_id=user.onesignal_id,
                    external_id=user.external_id or "",
                    at=min(draft.at or now, now),
                    received_at=now,
                    idempotency_key=draft.idempotency_key,
                    properties=draft.properties,
                )
            )
    return unknown
