"""The account of a count that differs: from Amplitude's cohort to OneSignal's segment, every user in one row."""

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

from simulator.accounts.catalogue import entry
from simulator.accounts.causes import Cause, Clues, is_placeholder
from simulator.accounts.records import History, Member
from simulator.accounts.subscribers import NOTHING, Reach, Subscribers

ESTIMATED_ABOVE: Final = 80_000
ESTIMATE_OFF_BY: Final = 0.05  # ours: how far the service's estimate may be off is not published


class Outcome(Enum):
    """Where a member of the cohort ends up (`facts/integration.md` 2.5); the order is the order of asking."""

    REPEATED = "the same user again"
    NO_VALUE = "no value in the mapped property"
    SHARED_VALUE = "same value as another user of the cohort"
    NOT_IN_ONESIGNAL = "not in OneSignal under that external_id"
    NO_SUBSCRIPTION = "in OneSignal without any subscription"
    ALL_UNSUBSCRIBED = "every subscription unsubscribed"
    NOT_IN_SEGMENT = "reachable, but not in the segment"
    REACHABLE = "users OneSignal can reach"


class Verdict(NamedTuple):
    """One member of the cohort, where it ends up and why, and what OneSignal has of it."""

    member: Member
    outcome: Outcome
    reach: Reach
    cause: Cause


class Row(NamedTuple):
    """One line of the account: users in it, and subscriptions it brings to the segment.

    `group` is the coarser line that it is part of; `code` is the reason's in the catalogue, "" where there is none to
    give.
    """

    group: str
    users: int
    subscriptions: int
    code: str = ""
    near_miss: str = ""

    @property
    def reason(self) -> str:
        """The reason in words."""
        words = entry(self.code).sentence if self.code else self.group
        return f"{words} ({self.near_miss})" if self.near_miss else words


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
    def codes(self) -> dict[str, int]:
        """How many users each reason of the catalogue holds, those with nobody left out."""
        users: Counter[str] = Counter()
        for row in (*self.losses, *self.gains):
            users[row.code] += row.users
        return {code: count for code, count in users.items() if code and count}

    @property
    def remainder(self) -> int:
        """How many subscriptions of the segment the rows do not explain."""
        explained = self.reachable.subscriptions + sum(row.subscriptions for row in self.gains)
        return self.segment.subscriptions - explained

    @property
    def sum_holds(self) -> bool:
        """Whether both columns add up without a remainder."""
        users = self.cohort.users - sum(row.users for row in self.losses) == self.reachable.users
        return users and not self.remainder

    def explain(self, user: str) -> Verdict | None:
        """Find one user by the mapped value, the Amplitude ID or the user_id."""
        return next((verdict for verdict in self.verdicts if user in verdict.member.names), None)


def reconcile(
    *,
    name: str,
    members: Iterable[Member],
    subscribers: Subscribers,
    segment_count: int | None = None,
    history: History | None = None,
) -> Account:
    """Put every member of the cohort into exactly one row, and add up.

    `segment_count` is OneSignal's own word, never derived; None: nobody said, so it is what the rows make.
    """
    everybody = tuple(members)
    clues = Clues(subscribers, history or History(), everybody)
    verdicts = tuple(_verdicts(everybody, subscribers, clues))
    reached = [verdict.reach for verdict in verdicts if verdict.outcome is Outcome.REACHABLE]
    strangers = subscribers.strangers({member.value for member in everybody if member.value})
    if subscribers.segment is None:
        strangers = {}
    gains = (_further(reached), *_strangers(strangers, clues))
    derived = len(reached) + sum(row.subscriptions for row in gains)
    shown = derived if segment_count is None else segment_count
    return Account(
        cohort=Row(f'Amplitude cohort "{name}"', len(verdicts), 0),
        losses=tuple(_losses(verdicts)),
        reachable=Row(Outcome.REACHABLE.value, len(reached), len(reached)),
        gains=(*gains, *_estimate(shown - derived, derived, subscribers)),
        segment=Row(f'OneSignal segment "{name}"', len(reached) + len(strangers), shown),
        verdicts=verdicts,
    )


def _verdicts(members: Iterable[Member], subscribers: Subscribers, clues: Clues) -> Iterator[Verdict]:
    met: set[tuple[str, str]] = set()
    values: set[str] = set()
    for member in members:
        who = (member.amplitude_id, member.value)
        if any(who) and who in met:
            yield Verdict(member, Outcome.REPEATED, NOTHING, Cause(""))
            continue
        met.add(who)
        yield _verdict(member, subscribers, clues, is_shared=member.value in values)
        values.add(member.value)


def _verdict(member: Member, subscribers: Subscribers, clues: Clues, *, is_shared: bool) -> Verdict:
    if not member.value.strip():
        return Verdict(member, Outcome.NO_VALUE, NOTHING, clues.of_no_value(member))
    reach = subscribers.reach(member.value)
    if is_shared and (reach or not is_placeholder(member.value)):
        return Verdict(member, Outcome.SHARED_VALUE, reach or NOTHING, Cause("A43"))
    if reach is None:
        return Verdict(member, Outcome.NOT_IN_ONESIGNAL, NOTHING, clues.of_absent(member))
    return _known(member, reach, clues)


def _known(member: Member, reach: Reach, clues: Clues) -> Verdict:
    if reach.subscriptions == 0:
        return Verdict(member, Outcome.NO_SUBSCRIPTION, reach, clues.of_no_subscription(member))
    if reach.in_segment:
        return Verdict(member, Outcome.REACHABLE, reach, Cause(""))
    if reach.subscribed == 0:
        return Verdict(member, Outcome.ALL_UNSUBSCRIBED, reach, Cause("A11"))
    return Verdict(member, Outcome.NOT_IN_SEGMENT, reach, clues.of_left_out(member))


def _losses(verdicts: Iterable[Verdict]) -> Iterator[Row]:
    lost = (verdict for verdict in verdicts if verdict.outcome is not Outcome.REACHABLE)
    counts = Counter((verdict.outcome, verdict.cause.code, verdict.cause.near_miss) for verdict in lost)
    order = list(Outcome)
    for key in sorted(counts, key=lambda key: (order.index(key[0]), *key[1:])):
        outcome, code, near_miss = key
        yield Row(outcome.value, counts[key], 0, code, near_miss)


def _further(reached: Iterable[Reach]) -> Row:
    further = [reach.in_segment - 1 for reach in reached if reach.in_segment > 1]
    return Row("further subscribed devices of the same users", len(further), sum(further), "A12")


def _strangers(strangers: dict[str, int], clues: Clues) -> Iterator[Row]:
    users: Counter[str] = Counter()
    channels: Counter[str] = Counter()
    for external_id, count in strangers.items():
        code = clues.of_stranger(external_id).code
        users[code] += bool(external_id)
        channels[code] += count
    for code in sorted(users):
        yield Row("in the segment, but not in the cohort", users[code], channels[code], code)


def _estimate(off_by: int, derived: int, subscribers: Subscribers) -> Iterator[Row]:
    is_estimated = off_by and subscribers.users_count > ESTIMATED_ABOVE
    if is_estimated and abs(off_by) <= derived * ESTIMATE_OFF_BY:
        yield Row("OneSignal's estimate", 0, off_by, "A23")
