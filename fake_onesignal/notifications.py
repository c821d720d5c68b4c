"""What can be done with messages over REST: create, cancel, view, list. Sending is another room: `delivery.py`."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, TypeAlias

from fake_onesignal import templates
from fake_onesignal.message_errors import (
    AlreadySentError,
    AppDisabledError,
    EmailIncompleteError,
    MixedChannelsError,
    NotificationNotFoundError,
)
from fake_onesignal.messages import ByActivity, BySubscriptions, ByTokens, Notification
from fake_onesignal.records import replace
from fake_onesignal.targeting import Look, adopt_tokens, channels_of, look

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_onesignal.messages import Draft
    from fake_onesignal.state import AppState, World

Cursor: TypeAlias = tuple[int, str]
"""The place of a message in the order of sending: when, in microseconds since 1970, and its id."""

LAST_OF_A_MOMENT: Final = "~"
"""Greater than any id: a cursor with it stands behind everything that is sent at its moment."""

BY_API: Final = 1
"""The `kind` of every message made over REST; 0 is the dashboard's, 3 automated (facts/onesignal-api.md 2.3)."""


@dataclass(frozen=True, slots=True)
class Sent:
    """What POST /notifications came to: `id` is "" when nobody can be reached, `unreachable` as in `targeting.Look`."""

    id: str
    draft: Draft
    unreachable: Mapping[str, list[str]]
    recipients: int = 0
    is_replay: bool = False


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which messages a list is of; an empty `template_id` is any or none."""

    kind: int = BY_API
    template_id: str = ""


@dataclass(frozen=True, slots=True)
class Page:
    """One page of the list of messages, newest first."""

    notifications: tuple[Notification, ...]
    total_count: int
    next_cursor: Cursor = (0, "")


def create(world: World, state: AppState, draft: Draft) -> Sent:
    """Accept a message, or say that nobody can be reached.

    The same idempotency key within 30 days gives the first result. A scheduled message is accepted whoever its audience
    is now, which is settled when it is sent (inferred); only a profile that tells the recipients looks at it.
    """
    now = world.now()
    if state.settings.is_disabled:
        raise AppDisabledError
    if draft.idempotency_key:
        first = state.ledger.first_result(draft.idempotency_key, now)
        if first is not None:
            return Sent(first.id, first.draft, first.unreachable, first.recipients, is_replay=True)
    draft = _settle_channel(state, templates.filled(state, draft))
    if isinstance(draft.audience, ByTokens):
        adopt_tokens(world, state, draft.audience)
    seen = Look(is_anyone_reachable=True, unreachable={})
    is_now = draft.send_after is None or draft.send_after <= now
    if (is_now or world.profile.answers_recipients) and not isinstance(draft.audience, ByActivity):
        seen = look(world, state, draft)
        if is_now and not seen.is_anyone_reachable:
            return Sent("", draft, seen.unreachable)
    notification = state.ledger.queue(
        Notification(
            id=world.ids(),
            app_id=state.app.id,
            draft=draft,
            queued_at=now,
            unreachable=seen.unreachable,
            recipients=seen.recipients,
        )
    )
    return Sent(notification.id, draft, seen.unreachable, notification.recipients)


def _settle_channel(state: AppState, draft: Draft) -> Draft:
    """Let the named subscriptions tell the channel when nothing else in the request did."""
    if not (draft.is_channel_open and isinstance(draft.audience, BySubscriptions)):
        return draft
    channels = channels_of(state, draft.audience)
    if len(channels) > 1:
        raise MixedChannelsError
    if "email" in channels and not draft.template_id:
        raise EmailIncompleteError("body")
    return replace(draft, channel=next(iter(channels), draft.channel))


def is_to_one_device(world: World, app_id: str, notification_id: str) -> bool:
    """Say whether a message was asked for with one player id, as apps of 2022 did without any key (3)."""
    state = world.apps.get(app_id)
    notification = state.ledger.notifications.get(notification_id) if state else None
    audience = notification.draft.audience if notification else None
    return isinstance(audience, BySubscriptions) and audience.legacy and len(audience.ids) == 1


def cancel(state: AppState, notification: Notification) -> Notification:
    """Cancel what of a message is still to be sent; cancelling it again changes nothing (inferred)."""
    if notification.status == "canceled":
        return notification
    outgoing = state.ledger.outgoing
    if notification.status == "sent" or (notification.status == "sending" and not outgoing.is_waiting(notification.id)):
        raise AlreadySentError
    outgoing.drop(notification.id)
    return state.ledger.move(notification, "canceled")


def view(world: World, state: AppState, notification_id: str) -> Notification:
    """Find a message; 404 for one that the app does not have or that is older than 30 days."""
    notification = state.ledger.visible(notification_id, world.now())
    if notification is None:
        raise NotificationNotFoundError
    return notification


def browse(world: World, state: AppState, wanted: Wanted, *, offset: int, limit: int) -> Page:
    """List the app's messages of the last 30 days, the last queued first."""
    known = _known(world, state, wanted)
    end = max(len(known) - offset, 0)
    page = known[max(end - limit, 0) : end]
    return Page(tuple(state.ledger.notifications[one] for one in reversed(page)), len(known))


def browse_on(world: World, state: AppState, wanted: Wanted, *, after: Cursor, limit: int) -> Page:
    """List messages after a place, the earliest to be sent first (facts/onesignal-api.md 6.3)."""
    messages = state.ledger.notifications
    known = sorted((int(messages[one].due_at.timestamp() * 1_000_000), one) for one in _known(world, state, wanted))
    page = known[bisect_right(known, after) :][:limit]
    found = tuple(messages[one] for _, one in page)
    return Page(found, len(known), next_cursor=page[-1] if page else after)


def _known(world: World, state: AppState, wanted: Wanted) -> Sequence[str]:
    """List the ids of the messages that are still known and wanted, in the order in which they were queued."""
    known = state.ledger.visible_ids(world.now()) if wanted.kind == BY_API else ()
    if not wanted.template_id:
        return known
    return [one for one in known if state.ledger.notifications[one].draft.template_id == wanted.template_id]
