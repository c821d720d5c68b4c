"""Idle devices of apps on the Free plan: deleted after 18 months without activity (facts/onesignal-api.md 4.4).

Each app keeps the moment before which none of its devices can be idle, so that nobody is looked at in vain.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Final

from fake_onesignal import subscriptions
from fake_onesignal.plans import PLANS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_onesignal.state import AppState, World

IDLE_AFTER_S: Final = int(timedelta(days=18 * 365 / 12).total_seconds())


def next_idle(world: World) -> datetime | None:
    """Say when a device may next have been idle for too long; None when there is no app on the Free plan with any."""
    moments = [idle_from(state) for state in _unpaid(world) if state.subscriptions]
    return datetime.fromtimestamp(min(moments), UTC) if moments else None


def delete_idle(world: World) -> int:
    """Delete what has been idle for too long; answers how many subscriptions that were."""
    with world.lock:
        now = world.unix_now()
        return sum(_delete(state, now) for state in _unpaid(world) if idle_from(state) <= now)


def look_back_to(state: AppState, last_active: int) -> None:
    """Take notice of a device that was last active at a moment that its owner names."""
    state.idle_checked_to = min(state.idle_checked_to or state.app.created_at, last_active)


def idle_from(state: AppState) -> int:
    """Give the moment before which no device of the app is idle, in unix seconds."""
    return (state.idle_checked_to or state.app.created_at) + IDLE_AFTER_S


def _unpaid(world: World) -> Iterator[AppState]:
    return (state for state in world.apps.values() if not PLANS[state.app.plan].is_paid)


def _delete(state: AppState, now: int) -> int:
    devices = [one for one in state.subscriptions.values() if one.type not in subscriptions.PROTECTED]
    idle = [one for one in devices if one.last_active + IDLE_AFTER_S <= now]
    for subscription in idle:
        subscriptions.delete(state, subscription)
    state.idle_checked_to = min(
        (one.last_active for one in devices if one.last_active + IDLE_AFTER_S > now), default=now
    )
    return len(idle)
