"""What two files, a segment's, a sync history and an earlier export say of one member: each clue, and its code."""

import pytest
from csv_files import COHORT, USERS, codes, subscription, written

from simulator.accounts.from_files import Files, reconcile_files


def test_a_segment_export_says_who_is_missing_and_who_is_too_much(tmp_path):
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "alice", ""], ["2", "bobby", ""]])
    every = [subscription(1, "alice"), subscription(2, "bobby"), subscription(3, "carol")]
    users = written(tmp_path / "u.csv", USERS, every)
    segment = written(tmp_path / "s.csv", USERS, [every[0], every[2]])

    account, _ = reconcile_files(Files(cohort, users, segment=segment))

    assert codes(account) == {"A29": 1}
    assert [(row.code, row.subscriptions) for row in account.gains] == [("A12", 0), ("A29", 1)]
    assert account.sum_holds


def test_the_sync_history_says_who_was_refused_and_who_was_kept_from_the_segment(tmp_path):
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "alice", ""], ["2", "bobby", ""], ["3", "carol", ""]])
    users = written(tmp_path / "u.csv", USERS, [subscription(1, "alice"), subscription(2, "bobby")])
    segment = written(tmp_path / "s.csv", USERS, [subscription(1, "alice")])
    header = ["amplitude_id", "operation", "user_id", "skip_detected", "skip_reason"]
    told = [["2", "ADD", "bobby", "false", ""], ["3", "ADD", "carol", "true", "Rejected by partner"]]

    account, _ = reconcile_files(
        Files(cohort, users, segment=segment, history=written(tmp_path / "h.csv", header, told))
    )

    assert codes(account) == {"A06": 1, "A36": 1}


def test_what_only_the_younger_segment_file_has_counts_too_and_is_remarked(tmp_path):
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "alice", ""], ["2", "bobby", ""]])
    users = written(tmp_path / "u.csv", USERS, [subscription(1, "alice")])
    segment = written(tmp_path / "s.csv", USERS, [subscription(1, "alice"), subscription(2, "bobby")])

    account, notes = reconcile_files(Files(cohort, users, segment=segment))

    assert (codes(account), account.reachable.users, account.sum_holds) == ({}, 2, True)
    assert [note.told for note in notes] == ["1 subscriptions of the segment are not in u.csv, and count"]


def test_of_several_near_misses_the_nearest_is_named(tmp_path):
    """`facts/integration.md` 2.5 A04: an id that differs in case only is nearer than one that differs in more."""
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "ALICE", ""]])
    others = [subscription(1, " alice"), subscription(2, "alice"), subscription(3, "al%69ce")]

    account, _ = reconcile_files(Files(cohort, written(tmp_path / "u.csv", USERS, others)))

    assert [(row.code, row.near_miss) for row in account.losses] == [("A04", "case")]
    assert "OneSignal has 'alice'" in account.verdicts[0].cause.told


def test_each_member_with_a_placeholder_is_told_so(tmp_path):
    cohort = written(
        tmp_path / "c.csv", COHORT, [["1", "null", ""], ["2", "null", ""], ["3", "ghost", ""], ["4", "ghost", ""]]
    )
    users = written(tmp_path / "u.csv", USERS, [subscription(1, "alice")])

    assert codes(reconcile_files(Files(cohort, users)).account) == {"A07": 2, "A03": 1, "A43": 1}


@pytest.mark.parametrize(("address", "device_type"), [("bob@mail.example", "11"), ("+15550001", "14")])
def test_an_address_of_nobody_is_found_by_the_value_itself_and_by_a_column(tmp_path, address, device_type):
    """`facts/integration.md` 2.5 A16."""
    cohort = written(tmp_path / "c.csv", COHORT, [["1", address, ""], ["2", "bobby", address]])
    users = written(tmp_path / "u.csv", USERS, [subscription(1, "", device_type=device_type, address=address.upper())])

    assert codes(reconcile_files(Files(cohort, users)).account) == {"A16": 2}


def test_an_earlier_export_says_where_the_devices_went(tmp_path):
    people = ["gone-1", "left-2", "sold-3", "name-4"]
    cohort = written(tmp_path / "c.csv", COHORT, [[str(number), who, ""] for number, who in enumerate(people)])
    before = [subscription(number, who, onesignal_id=f"o{number}") for number, who in enumerate(people)]
    now = [
        subscription(1, "", onesignal_id="o9"),
        subscription(2, "other", onesignal_id="o8"),
        subscription(3, "renamed", onesignal_id="o3"),
    ]

    account, _ = reconcile_files(
        Files(
            cohort,
            written(tmp_path / "u.csv", USERS, now),
            before=written(tmp_path / "b.csv", USERS, before),
        )
    )

    assert codes(account) == {"A22": 1, "A14": 1, "A15": 1, "A20": 1}


def test_one_external_id_of_two_users_is_remarked(tmp_path):
    """`facts/integration.md` 2.5 A17."""
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "alice", ""]])
    twice = [subscription(1, "alice", onesignal_id="o1"), subscription(2, "alice", onesignal_id="o2")]

    _, notes = reconcile_files(Files(cohort, written(tmp_path / "u.csv", USERS, twice)))

    assert [(note.code, note.count) for note in notes] == [("A17", 1)]


@pytest.mark.parametrize("people", [500, 80_001])
def test_a_count_above_eighty_thousand_users_is_an_estimate(tmp_path, people):
    """`facts/integration.md` 2.5 A23."""
    ids = [f"user-{number}" for number in range(people)]
    cohort = written(tmp_path / "c.csv", COHORT, [[who, who, ""] for who in ids[:100]])
    users = written(tmp_path / "u.csv", USERS, [subscription(who, who) for who in ids])

    near, far = (reconcile_files(Files(cohort, users), segment_count=shown)[0] for shown in (104, 106))

    assert near.sum_holds is (people > 80_000)
    assert [(row.code, row.subscriptions) for row in near.gains][1:] == ([("A23", 4)] if near.sum_holds else [])
    assert not far.sum_holds


def test_a_phone_that_came_late_is_no_sign_of_a_filter(tmp_path):
    """`facts/integration.md` 2.5 A27: a filter lets a type of channel in or keeps it out."""
    cohort = written(tmp_path / "c.csv", COHORT, [["1", "alice", ""], ["2", "bobby", ""]])
    every = [subscription(1, "alice"), subscription(2, "alice"), subscription(3, "bobby")]
    users = written(tmp_path / "u.csv", USERS, every)

    account, _ = reconcile_files(Files(cohort, users, segment=written(tmp_path / "s.csv", USERS, every[:1])))

    assert codes(account) == {"A29": 1}


def test_a_column_that_names_another_member_is_no_near_miss(tmp_path):
    header = ["amplitude_id", "user_id", "invited_by"]
    cohort = written(tmp_path / "c.csv", header, [["1", "alice", ""], ["2", "bobby", "alice"]])
    users = written(tmp_path / "u.csv", USERS, [subscription(1, "alice")])

    account, _ = reconcile_files(Files(cohort, users))

    assert [(row.code, row.near_miss) for row in account.losses] == [("A03", "")]
