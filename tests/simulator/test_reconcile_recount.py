"""A hand count of generated files agrees with every row of the account, whatever the files hold."""

import csv
import io
from collections import Counter

from hypothesis import given, settings
from hypothesis import strategies as st

from simulator.accounts.exports import channels, members
from simulator.accounts.subscribers import Subscribers
from simulator.accounts.tables import table_of
from simulator.reconcile import Outcome, reconcile

IDS = st.sampled_from(
    ["", "alice", "Alice", "bobby", " bobby", "caf\u00e9-1", "cafe\u0301-1", "007", "7", "a,b", 'q"q', "two\nlines"]
)
MEMBERS = st.lists(IDS, max_size=12)
CHANNELS = st.lists(st.tuples(IDS, st.sampled_from("tf"), st.sampled_from(["", "1", "31", "-2", "0"])), max_size=16)


def csv_of(header, rows):
    text = io.StringIO(newline="")
    csv.writer(text).writerows([header, *rows])
    return text.getvalue()


def hand_count(values, rows):
    """Count as a person with two sheets would: one pass over the cohort, looking each user up in the other sheet."""
    counted = Counter()
    seen = set()
    for value in values:
        mine = [(invalid, types) for owner, invalid, types in rows if owner == value]
        subscribed = sum(1 for invalid, types in mine if invalid == "f" and types not in {"-2", "0"})
        if value == "":
            counted["no value"] += 1
        elif value in seen:
            counted["shared"] += 1
        elif not mine:
            counted["absent"] += 1
        elif not subscribed:
            counted["unsubscribed"] += 1
        else:
            counted["reachable"] += 1
            counted["subscriptions"] += subscribed
        seen.add(value)
    return +counted


@settings(deadline=None)
@given(MEMBERS, CHANNELS)
def test_a_hand_count_of_two_files_agrees_with_the_account(values, rows):
    cohort = csv_of(["amplitude_id", "user_id"], [[number, value] for number, value in enumerate(values)])
    users = csv_of(
        ["id", "external_user_id", "device_type", "invalid_identifier", "notification_types"],
        [[number, owner, 1, invalid, types] for number, (owner, invalid, types) in enumerate(rows)],
    )

    account = reconcile(
        name="",
        members=members(table_of("cohort", cohort)),
        subscribers=Subscribers(channels(table_of("users", users))),
    )

    counts = Counter(verdict.outcome for verdict in account.verdicts)
    assert account.sum_holds
    assert hand_count(values, rows) == +Counter(
        {
            "no value": counts[Outcome.NO_VALUE],
            "shared": counts[Outcome.SHARED_VALUE],
            "absent": counts[Outcome.NOT_IN_ONESIGNAL],
            "unsubscribed": counts[Outcome.ALL_UNSUBSCRIBED],
            "reachable": account.reachable.users,
            "subscriptions": account.segment.subscriptions,
        }
    )


@settings(deadline=None)
@given(MEMBERS, CHANNELS)
def test_every_loss_has_one_code_of_the_catalogue_and_nobody_is_lost_twice(values, rows):
    cohort = csv_of(["user_id"], [[value] for value in values])
    users = csv_of(
        ["external_user_id", "id", "invalid_identifier"], [[who, n, flag] for n, (who, flag, _) in enumerate(rows)]
    )

    account = reconcile(
        name="",
        members=members(table_of("cohort", cohort)),
        subscribers=Subscribers(channels(table_of("users", users))),
    )

    assert all(row.code or row.group == Outcome.REPEATED.value for row in account.losses)
    assert sum(row.users for row in account.losses) + account.reachable.users == len(values)
