"""Tells an account of a cohort: as lines that add up, as checks, and as words about one user."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import groupby
from typing import Final

from simulator.accounts.catalogue import entry
from simulator.reconcile import Account, Outcome, Row
from simulator.story import Check, Ending, Line

_ALWAYS_TOLD: Final = (
    Outcome.NO_VALUE,
    Outcome.NOT_IN_ONESIGNAL,
    Outcome.NO_SUBSCRIPTION,
    Outcome.ALL_UNSUBSCRIBED,
)


def lines(account: Account) -> tuple[Line, ...]:
    """Tell an account line by line, as it is printed: each group of reasons is one line."""
    cohort, reachable, segment = account.cohort, account.reachable, account.segment
    return (
        Line(cohort.group, cohort.users, cohort.subscriptions, cohort.users, "users"),
        *_losses(account.losses),
        Line(reachable.group, reachable.users, reachable.subscriptions, reachable.users, "users", "="),
        *_gains(account.gains),
        Line(segment.group, segment.users, segment.subscriptions, segment.subscriptions, "subscriptions"),
    )


def ending(
    account: Account, checks: Iterable[Check], *, cohort_id: str | None = None, segment_id: str | None = None
) -> Ending:
    """End a story with an account: what must be true besides, the lines, and why each user is where it is."""
    return Ending(
        checks=tuple(checks),
        account=lines(account),
        cohort_id=cohort_id,
        segment_id=segment_id,
        explain=partial(explain, account),
        everybody=tuple(everybody(account)),
    )


def checks(account: Account, *, cohort_size: int) -> tuple[Check, ...]:
    """State what must be true of every account."""
    lost = sum(row.users for row in account.losses)
    return (
        Check(
            "the rows hold every user of the cohort exactly once",
            account.cohort.users == cohort_size == lost + account.reachable.users,
            f"Amplitude says {cohort_size:,}; {account.reachable.users:,} reachable and {lost:,} lost make "
            f"{lost + account.reachable.users:,}",
        ),
        Check(
            "the account ends at the number that OneSignal shows",
            account.sum_holds,
            f"OneSignal says {account.segment.subscriptions:,}; the rows make "
            f"{account.reachable.subscriptions + sum(row.subscriptions for row in account.gains):,}",
        ),
    )


def explain(account: Account, user: str) -> Iterator[str]:
    """Tell in words which row a user is in, and why; nothing for a user who is not in the cohort."""
    verdict = account.explain(user)
    if verdict is None:
        return
    value = f"user {verdict.member.value!r}" if verdict.member.value else "a user without a value"
    reach = verdict.reach
    yield f"{value} (Amplitude ID {verdict.member.amplitude_id}): {verdict.outcome.value}"
    yield (
        f"OneSignal has {reach.subscriptions} subscriptions under that external_id: "
        f"{reach.subscribed} subscribed, {reach.in_segment} in the segment"
    )
    cause = verdict.cause
    if cause.code:
        clues = "; ".join(filter(None, (cause.near_miss, cause.told)))
        yield f"{cause.code}: {entry(cause.code).sentence}{f' ({clues})' if clues else ''}"


def everybody(account: Account) -> Iterator[tuple[str, str]]:
    """List each user of the cohort (by value, an anonymous one by Amplitude ID) with the reason of its row."""
    for verdict in account.verdicts:
        yield verdict.member.value or verdict.member.amplitude_id, verdict.outcome.value


def _losses(rows: Iterable[Row]) -> Iterator[Line]:
    users = Counter[str]()
    for row in rows:
        users[row.group] += row.users
    for outcome in Outcome:
        count = users[outcome.value]
        if count or outcome in _ALWAYS_TOLD:
            yield Line(outcome.value, count, 0, count, sign="-")


def _gains(rows: Iterable[Row]) -> Iterator[Line]:
    for group, together in groupby(rows, key=lambda row: row.group):
        every = tuple(together)
        subscriptions = sum(row.subscriptions for row in every)
        yield Line(group, sum(row.users for row in every), subscriptions, subscriptions, sign="+")
