"""To whom a message goes: what a look at the audience says when it is asked for, and who is in it when it is sent.

People named one by one (aliases, subscription ids, addresses) stay in the audience when they are unsubscribed, and
their message fails; segments and filters hold subscribed subscriptions only. Names that nobody bears are ignored
in silence (facts/onesignal-api.md 6.2).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from fake_onesignal import segments
from fake_onesignal.filters import Candidate, holds
from fake_onesignal.message_kinds import channel_of
from fake_onesignal.messages import (
    ByActivity,
    ByAliases,
    ByFilters,
    BySegments,
    BySubscriptions,
    ByTokens,
    Estimate,
)
from fake_onesignal.records import Subscription, User

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from fake_onesignal.filters import Rule
    from fake_onesignal.message_kinds import Channel
    from fake_onesignal.messages import Draft
    from fake_onesignal.state import AppState, World

ADDRESS: Final = re.compile(r"[^@\s\x00]+@[^@\s\x00]+")
NUMBER: Final = re.compile(r"\+[1-9][0-9]{4,14}")
PUSH_TOKEN: Final = re.compile(r"[^\s\x00]{1,4096}")
FORMS: Final = {"Email": ADDRESS, "SMS": NUMBER}


@dataclass(frozen=True, slots=True)
class Look:
    """What the service can say at once about an audience.

    `unreachable` has, by alias label ("" for anything but aliases), a name once for every unsubscribed subscription
    that it leads to.
    """

    is_anyone_reachable: bool
    unreachable: Mapping[str, list[str]]
    recipients: int = 0


def look(world: World, state: AppState, draft: Draft) -> Look:
    """See whether anybody can be reached now, and who of those named one by one cannot."""
    audience = draft.audience
    if isinstance(audience, BySegments | ByFilters):
        reachable = (one for one in _held_in(world, state, draft, audience) if fits(draft, one))
        recipients = sum(1 for _ in reachable) if world.profile.answers_recipients else int(any(reachable))
        return Look(recipients > 0, {}, recipients)
    unreachable: dict[str, list[str]] = {}
    reached: dict[str, None] = {}
    for label, name, subscription in named(state, audience):
        if subscription is not None and not fits(draft, subscription):
            continue
        if subscription is not None and is_reachable(draft, subscription):
            reached[subscription.id] = None
        else:
            unreachable.setdefault(label, []).append(name)
    return Look(bool(reached), unreachable, len(reached))


def resolve(world: World, state: AppState, draft: Draft) -> list[str]:
    """List the ids of the subscriptions that a message goes to, each once, at the moment of sending."""
    audience = draft.audience
    if isinstance(audience, BySegments | ByFilters):
        return [one.id for one in _held_in(world, state, draft, audience) if fits(draft, one)]
    found = (subscription for _, _, subscription in named(state, audience))
    return list(dict.fromkeys(one.id for one in found if one is not None and fits(draft, one)))


def is_reachable(draft: Draft, subscription: Subscription) -> bool:
    """Say whether a message may go to a subscription: to an unsubscribed e-mail address only if it was asked for."""
    return subscription.is_subscribed or (draft.channel == "email" and draft.includes_unsubscribed)


def _held_in(world: World, state: AppState, draft: Draft, audience: BySegments | ByFilters) -> Iterator[Subscription]:
    everybody = draft.channel == "email" and draft.includes_unsubscribed
    return subscribed_in(world, state, audience, include_unsubscribed=everybody)


def fits(draft: Draft, subscription: Subscription) -> bool:
    """Say whether the message's channel and platforms include this subscription."""
    if draft.types:
        return subscription.type in draft.types
    return channel_of(subscription.type) == draft.channel


def named(
    state: AppState, audience: ByAliases | BySubscriptions | ByTokens | ByActivity
) -> Iterator[tuple[str, str, Subscription | None]]:
    """Go through everyone named one by one: the alias label or "", the name, and the subscription it leads to.

    A malformed address leads to no subscription and is still answered for; unknown names are skipped.
    """
    if isinstance(audience, ByTokens):
        for token in audience.tokens:
            yield "", token, state.subscription_by_token(audience.type, token)
    elif isinstance(audience, ByAliases):
        for label, name, user in _users(state, audience):
            for id_ in user.subscription_ids:
                yield label, name, state.subscriptions[id_]
    else:
        for id_ in _ids(state, audience):
            if id_ in state.subscriptions:
                yield "", id_, state.subscriptions[id_]


def _ids(state: AppState, audience: BySubscriptions | ByActivity) -> Iterable[str]:
    if isinstance(audience, BySubscriptions):
        return audience.ids
    return state.ledger.activities.tokens.get(audience.activity_id, {})


def channels_of(state: AppState, audience: BySubscriptions) -> dict[Channel, None]:
    """Collect the channels of the subscriptions that are named by id."""
    known = (state.subscriptions[id_] for id_ in audience.ids if id_ in state.subscriptions)
    return dict.fromkeys(channel_of(one.type) for one in known)


def adopt_tokens(world: World, state: AppState, audience: ByTokens) -> None:
    """Make a subscription of every unknown, well-formed address, number or token (facts/onesignal-api.md 6.1)."""
    form = FORMS.get(audience.type, PUSH_TOKEN)
    now = world.unix_now()
    for token in audience.tokens:
        if form.fullmatch(token) and state.subscription_by_token(audience.type, token) is None:
            user = state.keep_user(User(onesignal_id=world.ids(), first_active=now, last_active=now))
            subscription = Subscription(
                id=world.ids(),
                onesignal_id=user.onesignal_id,
                type=audience.type,
                token=token,
                created_at=now,
                last_active=now,
            )
            state.keep_subscription(subscription)


def subscribed_in(
    world: World, state: AppState, audience: BySegments | ByFilters, *, include_unsubscribed: bool = False
) -> Iterator[Subscription]:
    """Go through everyone subscribed whom segments or filters hold now. Unknown and paused segments hold nobody."""
    now = world.unix_now()
    if isinstance(audience, ByFilters):
        yield from segments.audience(state, audience.rule, now, include_unsubscribed=include_unsubscribed)
        return
    excluded = _rule_of(state, audience.excluded)
    included = _rule_of(state, audience.included)
    for user, subscription in segments.members(state, included, now, include_unsubscribed=include_unsubscribed):
        if not excluded or not passes(excluded, Candidate(user, subscription, state.cohort_members, now)):
            yield subscription


def estimate(world: World, state: AppState, asked: Estimate) -> int:
    """Count the subscribed subscriptions that an audience holds now."""
    if asked == Estimate(asked.segments) and not asked.segments.excluded and len(asked.segments.included) == 1:
        return segments.count(state, _rule_of(state, asked.segments.included), world.unix_now())
    return sum(_is_counted(world, state, asked, one) for one in subscribed_in(world, state, asked.segments))


def _is_counted(world: World, state: AppState, asked: Estimate, subscription: Subscription) -> bool:
    user = state.users[subscription.onesignal_id]
    if asked.channel is not None and channel_of(subscription.type) != asked.channel:
        return False
    if asked.aliases is not None and not _bears_one_of(user, asked.aliases):
        return False
    candidate = Candidate(user, subscription, state.cohort_members, world.unix_now())
    return asked.rule is None or passes(asked.rule, candidate)


def _bears_one_of(user: User, aliases: Mapping[str, tuple[str, ...]]) -> bool:
    return any(
        (user.onesignal_id if label == "onesignal_id" else user.aliases.get(label)) in names
        for label, names in aliases.items()
    )


def _rule_of(state: AppState, names: tuple[str, ...]) -> Rule:
    """Make one rule of several segments: their branches side by side."""
    known = (segments.named(state, name) for name in names)
    return tuple(branch for one in known if one is not None and one.is_active for branch in one.rule)


def passes(rule: Rule, candidate: Candidate) -> bool:
    """Say whether a candidate fulfils one of a rule's branches."""
    return any(all(holds(condition, candidate) for condition in branch) for branch in rule)


def _users(state: AppState, audience: ByAliases) -> Iterator[tuple[str, str, User]]:
    for label, names in audience.aliases.items():
        for name in names:
            user = state.user_by(label, name)
            if user is not None:
                yield label, name, user
