"""The account of a count that differs: from Amplitude's cohort to OneSignal's segment, every user in one row."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from simulator.reading import Channel, Member


class Reason(Enum):
    """Where a member of the cohort ends up (`facts/integration.md` 2.5); the order is the order of asking."""

    NO_VALUE = "no value in the mapped property"
    SHARED_VALUE = "same value as another user of the cohort"
    NOT_IN_ONESIGNAL = "not in OneSignal under that external_id"
    NO_SUBSCRIPTION = "in OneSignal without any subscription"
    ALL_UNSUBSCRIBED = "every subscription unsubscribed"
    NOT_IN_SEGMENT = "reachable, but not in the segment"
    REACHABLE = "users OneSignal can reach"


class Reach(NamedTuple):
    """What OneSignal has of one external id: subscriptions, those subscribed, and those of them in the segment."""

    subscriptions: int
    subscribed: int
    in_segment: int


class Verdict(NamedTuple):
    """One member of the cohort, the reason it falls under, and what OneSignal has of it."""

    member: Member
    reason: Reason
    reach: Reach


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the account: users in it, and subscriptions it brings to the segment."""

    reason: str
    users: int
    subscriptions: int


@dataclass(frozen=True, slots=True)
class Account:
    """The whole way from a cohort to a segment.

    `rows` are disjoint and in the order of reading; `sum_holds` says that they add up on both sides: users of the
    cohort fall into exactly one row each, and subscriptions add up to what OneSignal itself says of the segment.
    """

    cohort: Row
    losses: tuple[Row, ...]
    reachable: Row
    gains: tuple[Row, ...]
    segment: Row
    verdicts: tuple[Verdict, ...]

    @property
    def rows(self) -> tuple[Row, ...]:
        """Every line, top to bottom."""
        return (self.cohort, *self.losses, self.reachable, *self.gains, self.segment)

    @property
    def sum_holds(self) -> bool:
        """Whether both columns add up without a remainder."""
        users = self.cohort.users - sum(row.users for row in self.losses) == self.reachable.users
        subscriptions = self.reachable.subscriptions + sum(row.subscriptions for row in self.gains)
        return users and subscriptions == self.segment.subscriptions

    def explain(self, user: str) -> Verdict | None:
        """Find one user by the mapped value or by the Amplitude ID."""
        return next((verdict for verdict in self.verdicts if user in verdict.member), None)


def reaches(every_channel: Iterable[Channel], in_segment: Iterable[Channel]) -> Mapping[str, Reach]:
    """Sum OneSignal's exports up by external id; channels of nobody are left out."""
    subscriptions: Counter[str] = Counter()
    subscribed: Counter[str] = Counter()
    for channel in every_channel:
        subscriptions[channel.external_id] += 1
        subscribed[channel.external_id] += channel.subscribed
    segment = Counter(channel.external_id for channel in in_segment)
    return {
        external_id: Reach(count, subscribed[external_id], segment[external_id])
        for external_id, count in subscriptions.items()
        if external_id
    }


def reconcile(
    *,
    name: str,
    members: Iterable[Member],
    reached: Mapping[str, Reach],
    segment_count: int,
    subscription_count: Callable[[str], int | None],
) -> Account:
    """Put every member of the cohort into exactly one row, and add up.

    `reached` is what the exports say; `subscription_count` asks OneSignal about a user that the exports do not show:
    None for an unknown one, else how many subscriptions it has. `segment_count` is OneSignal's own word, never derived.
    """
    seen: set[str] = set()
    verdicts = []
    for member in members:
        reach = reached.get(member.value) or Reach(0, 0, 0)
        verdicts.append(Verdict(member, _reason(member, reach, seen, subscription_count), reach))
        seen.add(member.value)
    users = Counter(verdict.reason for verdict in verdicts)
    reachable = [verdict.reach for verdict in verdicts if verdict.reason is Reason.REACHABLE]
    further = [reach.in_segment - 1 for reach in reachable if reach.in_segment > 1]
    strangers = [reach.in_segment for value, reach in reached.items() if value not in seen and reach.in_segment]
    return Account(
        cohort=Row(f'Amplitude cohort "{name}"', len(verdicts), 0),
        losses=tuple(
            Row(reason.value, users[reason], 0)
            for reason in Reason
            if reason is not Reason.REACHABLE and (users[reason] or reason not in _RARE)
        ),
        reachable=Row(Reason.REACHABLE.value, len(reachable), len(reachable)),
        gains=(
            Row("further subscribed devices of the same users", len(further), sum(further)),
            *([Row("in the segment, but not in the cohort", len(strangers), sum(strangers))] if strangers else []),
        ),
        segment=Row(f'OneSignal segment "{name}"', len(reachable) + len(strangers), segment_count),
        verdicts=tuple(verdicts),
    )


_RARE = frozenset({Reason.SHARED_VALUE, Reason.NOT_IN_SEGMENT})


def _reason(member: Member, reach: Reach, seen: set[str], subscription_count: Callable[[str], int | None]) -> Reason:
    if not member.value:
        return Reason.NO_VALUE
    if member.value in seen:
        return Reason.SHARED_VALUE
    if reach.subscriptions == 0:
        known = subscription_count(member.value)
        if known is None:
            return Reason.NOT_IN_ONESIGNAL
        return Reason.NO_SUBSCRIPTION if known == 0 else Reason.NOT_IN_SEGMENT
    if reach.subscribed == 0:
        return Reason.ALL_UNSUBSCRIBED
    return Reason.REACHABLE if reach.in_segment else Reason.NOT_IN_SEGMENT
