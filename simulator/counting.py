"""Counts a cohort and its segment: reads both services over HTTP, and tells the account as lines and as words."""

from collections.abc import Iterator

from simulator.reconcile import Account, reaches, reconcile
from simulator.simulation import Simulation
from simulator.story import Check, Line


def count(
    simulation: Simulation, cohort_id: str, segment_id: str | None, *, mapped_property: str = "user_id"
) -> Account:
    """Account for the way from a cohort to its segment; without a segment the way ends at zero."""
    amplitude, onesignal = simulation.amplitude_reader(), simulation.onesignal_reader()
    name, _ = amplitude.cohort(cohort_id)
    return reconcile(
        name=name,
        members=amplitude.members(cohort_id, mapped_property),
        reached=reaches(onesignal.channels(), onesignal.channels(name) if segment_id else ()),
        segment_count=onesignal.segment_count(segment_id) if segment_id else 0,
        subscription_count=onesignal.subscription_count,
    )


def lines(account: Account) -> tuple[Line, ...]:
    """Tell an account line by line, as it is printed."""
    cohort, reachable, segment = account.cohort, account.reachable, account.segment
    return (
        Line(cohort.reason, cohort.users, cohort.subscriptions, cohort.users, "users"),
        *(Line(row.reason, row.users, row.subscriptions, row.users, sign="-") for row in account.losses),
        Line(reachable.reason, reachable.users, reachable.subscriptions, reachable.users, "users", "="),
        *(Line(row.reason, row.users, row.subscriptions, row.subscriptions, sign="+") for row in account.gains),
        Line(segment.reason, segment.users, segment.subscriptions, segment.subscriptions, "subscriptions"),
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
    yield f"{value} (Amplitude ID {verdict.member.amplitude_id}): {verdict.reason.value}"
    yield (
        f"OneSignal has {reach.subscriptions} subscriptions under that external_id: "
        f"{reach.subscribed} subscribed, {reach.in_segment} in the segment"
    )


def everybody(account: Account) -> Iterator[tuple[str, str]]:
    """List each user of the cohort (by value, an anonymous one by Amplitude ID) with the reason of its row."""
    for verdict in account.verdicts:
        yield verdict.member.value or verdict.member.amplitude_id, verdict.reason.value
