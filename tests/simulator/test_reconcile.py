"""Every user of a cohort is in exactly one row, and the rows add up."""

from hypothesis import given
from hypothesis import strategies as st

from simulator.accounts.records import Channel, Member
from simulator.accounts.subscribers import Subscribers
from simulator.reconcile import Outcome, reconcile


def account_of(members, channels, *, in_segment=None, known=()):
    """Reconcile as `counting` does; unless told otherwise the segment holds the subscribed channels of members."""
    values = {member.value for member in members}
    segment = in_segment
    if segment is None:
        segment = [channel for channel in channels if channel.subscribed and channel.external_id in values - {""}]
    return reconcile(
        name="Power users",
        members=members,
        subscribers=Subscribers(channels, segment, ask=lambda value: 0 if value in known else None),
        segment_count=len(segment),
    )


def outcomes(account):
    return [verdict.outcome for verdict in account.verdicts]


def test_each_reason_of_the_faq_has_its_row():
    members = [Member("1", ""), Member("2", "gone"), Member("3", "bare"), Member("4", "mute"), Member("5", "rich")]
    channels = [
        Channel("mute", "a", False),
        Channel("rich", "b", True),
        Channel("rich", "c", True),
        Channel("", "d", True),
    ]

    account = account_of(members, channels, known={"bare"})

    assert outcomes(account) == [
        Outcome.NO_VALUE,
        Outcome.NOT_IN_ONESIGNAL,
        Outcome.NO_SUBSCRIPTION,
        Outcome.ALL_UNSUBSCRIBED,
        Outcome.REACHABLE,
    ]
    assert [row.users for row in account.losses] == [1, 1, 1, 1]
    assert (account.reachable.subscriptions, account.gains[0].subscriptions, account.segment.subscriptions) == (1, 1, 2)
    assert account.sum_holds


def test_an_id_in_another_case_is_not_in_onesignal():
    account = account_of([Member("1", "Bob")], [Channel("bob", "a", True)])

    assert outcomes(account) == [Outcome.NOT_IN_ONESIGNAL]


def test_two_members_with_one_value_are_one_user_of_onesignal():
    account = account_of([Member("1", "bob"), Member("2", "bob")], [Channel("bob", "a", True)])

    assert outcomes(account) == [Outcome.REACHABLE, Outcome.SHARED_VALUE]
    assert account.sum_holds


def test_who_came_after_the_last_sync_is_reachable_but_not_in_the_segment():
    account = account_of([Member("1", "bob")], [Channel("bob", "a", True)], in_segment=[])

    assert outcomes(account) == [Outcome.NOT_IN_SEGMENT]
    assert account.sum_holds


def test_who_left_since_the_last_sync_still_counts_in_the_segment():
    stale = [Channel("eve", "a", True)]

    account = account_of([], stale, in_segment=stale)

    assert [(row.group, row.subscriptions) for row in account.gains][1] == ("in the segment, but not in the cohort", 1)
    assert account.sum_holds


def test_a_segment_count_that_the_rows_do_not_explain_is_found():
    channels = [Channel("bob", "a", True)]

    account = reconcile(
        name="Power users",
        members=[Member("1", "bob")],
        subscribers=Subscribers(channels, channels),
        segment_count=2,
    )

    assert not account.sum_holds


ids = st.sampled_from(["", "a", "b", "c", "d"])
channel_lists = st.lists(st.builds(Channel, ids, st.just("s"), st.booleans()), max_size=12)


@given(st.lists(ids, max_size=10), channel_lists, channel_lists, st.sets(ids))
def test_rows_are_disjoint_and_add_up_whatever_the_services_say(values, channels, others, known):
    members = [Member(str(number), value) for number, value in enumerate(values)]
    segment = [channel for channel in channels if channel.subscribed and channel.external_id in {"a", "b"}]
    segment = [channel for channel in segment if channel.external_id]

    account = account_of(members, channels + others, in_segment=segment, known=known)

    assert len(account.verdicts) == account.cohort.users == len(members)
    assert sum(row.users for row in account.losses) + account.reachable.users == len(members)
    assert account.sum_holds
