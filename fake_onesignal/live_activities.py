"""What can be done with live activities: start one on many devices, update or end it wherever it runs.

Each step is a message with its own id, statistics and events (facts/onesignal-api.md 6.4, 7.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_onesignal import notifications

if TYPE_CHECKING:
    from fake_onesignal.messages import Draft
    from fake_onesignal.notifications import Sent
    from fake_onesignal.state import AppState, World


def start(world: World, state: AppState, draft: Draft) -> Sent:
    """Accept the message that starts an activity; a repeated idempotency key starts nothing."""
    sent = notifications.create(world, state, draft)
    if draft.activity is not None and sent.id and not sent.is_replay:
        state.ledger.activities.start(draft.activity.activity_id, draft.activity.activity_type)
    return sent
