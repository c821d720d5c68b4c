"""Who is in a segment, how many they are, and how that is found without looking at everybody.

A segment counts subscribed subscriptions: a user with three subscribed devices counts three
(facts/onesignal-api.md 5.2). For each branch of a rule the cheapest way in is taken: a cohort's members, the holder of
an e-mail address, or everybody.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.filters import DEVICE_TYPES, EVERYBODY, Candidate, Condition, Rule, holds
from fake_onesignal.plans import PLANS
from fake_onesignal.records import Segment, Subscription, User, replace
from fake_onesignal.segment_errors import (
    SegmentExistsError,
    SegmentLimitError,
    SegmentNotFoundError,
    SegmentReadOnlyError,
    SegmentRefusedError,
    SegmentsNotInPlanError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from fake_onesignal.errors import OneSignalError
    from fake_onesignal.filters import Branch
    from fake_onesignal.state import AppState, World

NAME_TAKEN: Final = "Segment name is already taken."
WEEK_HOURS: Final = 168.0
DEFAULTS: Final[dict[str, Rule]] = {
    "Total Subscriptions": EVERYBODY,
    "Active Subscriptions": ((Condition("last_session", "<", value="168", number=WEEK_HOURS),),),
    "Inactive Subscriptions": ((Condition("last_session", ">", value="168", number=WEEK_HOURS),),),
    "Engaged Subscriptions": (
        (
            Condition("session_count", ">", value="3", number=3.0),
            Condition("last_session", "<", value="168", number=WEEK_HOURS),
        ),
    ),
    "All SMS Subscriptions": ((Condition("device_type", "=", value="SMS"),),),
    "All Email Subscriptions": ((Condition("device_type", "=", value="Email"),),),
}
"""The segments that every new app has (5.3)."""

OLD_NAMES: Final = ("Subscribed Users", "Active Users", "Inactive Users", "Engaged Users")
"""What the first four are called in older apps, which have no others (5.3)."""


def members(
    state: AppState, rule: Rule, now: int, *, include_unsubscribed: bool = False
) -> Iterator[tuple[User, Subscription]]:
    """Go through everyone whom a rule means, each once, in a fixed order; subscribed ones unless all are asked for."""
    seen: set[str] = set()
    for branch in rule:
        for user, subscription in _candidates(state, branch):
            if not (include_unsubscribed or subscription.is_subscribed) or subscription.id in seen:
                continue
            candidate = Candidate(user, subscription, state.cohort_members, now)
            if all(holds(condition, candidate) for condition in branch):
                if len(rule) > 1:
                    seen.add(subscription.id)
                yield user, subscription


def audience(state: AppState, rule: Rule, now: int, *, include_unsubscribed: bool = False) -> Iterator[Subscription]:
    """Go through the subscriptions whom a rule means: what a message is sent to."""
    for _, subscription in members(state, rule, now, include_unsubscribed=include_unsubscribed):
        yield subscription


def count_everybody(state: AppState, rule: Rule, now: int) -> int:
    """Count all subscriptions whom a rule means, unsubscribed ones too: what one source says a segment shows (9)."""
    if rule == EVERYBODY:
        return len(state.subscriptions)
    return sum(1 for _ in members(state, rule, now, include_unsubscribed=True))


def count(state: AppState, rule: Rule, now: int) -> int:
    """Count the subscribed subscriptions whom a rule means, from counters where they say it all.

    The service only estimates above 80,000 users (facts/integration.md 2.5, A23); this is always the exact number.
    """
    if rule == EVERYBODY:
        return state.subscribed
    if len(rule) == 1 and len(rule[0]) == 1:
        (condition,) = rule[0]
        if condition.field == "device_type":
            types = DEVICE_TYPES[condition.value.lower()]
            return sum(count for type_, count in state.subscribed_by_type.items() if type_ in types)
        if condition.field == "amplitude_cohort" and condition.relation == "in":
            cohort = state.cohort_members.get(condition.value, {})
            return sum(state.users[onesignal_id].subscribed for onesignal_id in cohort)
    return sum(1 for _ in members(state, rule, now))


def _candidates(state: AppState, branch: Branch) -> Iterator[tuple[User, Subscription]]:
    """Go through those who may fulfil a branch, by the cheapest index that one of its conditions offers."""
    emails = [condition.value for condition in branch if condition.field == "email"]
    if emails:
        subscription = state.subscription_by_token("Email", emails[0])
        if subscription is not None:
            yield state.users[subscription.onesignal_id], subscription
        return
    cohorts = [
        state.cohort_members.get(condition.value, {})
        for condition in branch
        if condition.field == "amplitude_cohort" and condition.relation == "in"
    ]
    if not cohorts:
        for subscription in state.subscriptions.values():
            yield state.users[subscription.onesignal_id], subscription
        return
    for onesignal_id in min(cohorts, key=len):
        user = state.users[onesignal_id]
        for subscription_id in user.subscription_ids:
            yield user, state.subscriptions[subscription_id]


def named(state: AppState, name: str) -> Segment | None:
    """Find a segment by its name; `All` is short for everybody, who are the first one of every app (5.3)."""
    if name == "All":
        return next(iter(state.segments.values()))
    return next((segment for segment in state.segments.values() if segment.name == name), None)


def activate(state: AppState, segment: Segment, *, is_active: bool) -> Segment:
    """Pause a segment, so that it cannot be targeted, or end the pause; only the dashboard can (5.2)."""
    state.segments[segment.id] = replace(segment, is_active=is_active)
    return state.segments[segment.id]


def found(state: AppState, segment_id: str, *, or_else: type[OneSignalError] = SegmentNotFoundError) -> Segment:
    """Find a segment by its id; refuses with `or_else`, because every endpoint says it in other words."""
    segment = state.segments.get(segment_id)
    if segment is None:
        raise or_else
    return segment


def create(
    world: World, state: AppState, name: str, *, filters: Sequence[Mapping[str, Any]], rule: Rule, segment_id: str = ""
) -> Segment:
    """Make a segment; refused when id or name are taken or the plan has no room."""
    if segment_id in state.segments:
        raise SegmentExistsError
    if any(segment.name == name for segment in state.segments.values()):
        raise SegmentRefusedError(NAME_TAKEN)
    if not has_room(state):
        raise SegmentLimitError
    now = world.unix_now()
    segment = Segment(segment_id or world.ids(), name, tuple(filters), rule=rule, created_at=now, updated_at=now)
    state.segments[segment.id] = segment
    return segment


def check_plan(world: World, state: AppState) -> None:
    """Refuse to write segments over the API on the Free plan, where the profile has it so; the dashboard may."""
    if world.profile.segments_need_paid_plan and not PLANS[state.app.plan].is_paid:
        raise SegmentsNotInPlanError


def has_room(state: AppState) -> bool:
    """Say whether the plan allows a further segment; the pre-created ones do not count (inferred)."""
    segments_max = PLANS[state.app.plan].segments_max
    made = sum(segment.source != "default" for segment in state.segments.values())
    return segments_max is None or made < segments_max


def update(world: World, state: AppState, segment: Segment, changed: Mapping[str, Any]) -> Segment:
    """Change a segment's name, description or filters; default segments are read-only."""
    if segment.read_only:
        raise SegmentReadOnlyError
    name = changed.get("name", segment.name)
    if any(other.name == name and other.id != segment.id for other in state.segments.values()):
        raise SegmentRefusedError(NAME_TAKEN)
    state.segments[segment.id] = replace(segment, updated_at=world.unix_now(), **changed)
    return state.segments[segment.id]


def delete(state: AppState, segment: Segment) -> None:
    """Delete a segment's definition; nobody in it is touched."""
    if segment.read_only:
        raise SegmentReadOnlyError
    del state.segments[segment.id]


def pre_create(world: World, state: AppState) -> None:
    """Give a new app the segments that every app has."""
    now = world.unix_now()
    old = dict(zip(OLD_NAMES, DEFAULTS.values(), strict=False))
    for name, rule in (old if world.profile.segments_are_of_users else DEFAULTS).items():
        filters = tuple(
            {"field": one.field, "relation": one.relation, "value": one.value} for branch in rule for one in branch
        )
        segment = Segment(
            world.ids(), name, filters, rule=rule, created_at=now, updated_at=now, source="default", read_only=True
        )
        state.segments[segment.id] = segment
