"""The membership ledger, the cohort webhook and the sync history, over the modelled route."""

from __future__ import annotations

import tracemalloc

import pytest
from bridge_vendors import LOST_ANSWER


def cohorts(world):
    return world.bridge.status().connections[0].cohorts


def webhook(world, *users, entering=True, at=1_773_144_000, message="m", **fields):
    body = {
        "cohort_name": "Power users",
        "cohort_id": "c1",
        "in_cohort": entering,
        "computed_time": str(at),
        "message_id": message,
        "users": [{"user_id": user} for user in users],
    }
    return world.post("/cohorts/webhook", json={**body, **fields})


def resync(world, list_id, users):
    for first in range(0, len(users), 10_000):
        assert world.change(list_id, "add", *users[first : first + 10_000]).status_code == 200
    world.bridge.run_due()


def test_a_resync_without_changes_makes_no_write_to_onesignal(world):
    users = [f"user-{number:05}" for number in range(20_000)]
    list_id = world.open_list()
    resync(world, list_id, users)
    before = len(world.onesignal.calls)

    resync(world, list_id, users)

    assert len(world.onesignal.calls) == before
    assert world.bridge.desk.members("shop", "c1") == {"applied": 20_000}
    assert cohorts(world).ignored == {"already a member": 20_000}


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_a_million_members_cost_no_memory_and_their_resync_no_write(make_world, tmp_path):
    world = make_world(outbox_url=f"sqlite:///{tmp_path}/outbox.db", outbox_maximum=2_000_000)
    list_id = world.open_list()
    batches = [[f"user-{batch:03}-{number:04}" for number in range(10_000)] for batch in range(100)]
    for batch in batches:
        world.change(list_id, "add", *batch)
        world.bridge.run_due()
    before = len(world.onesignal.calls)
    tracemalloc.start()

    for batch in batches:
        world.change(list_id, "add", *batch)
        world.bridge.run_due()

    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(world.onesignal.calls) == before
    assert peak < 200 * 1_000_000
    assert world.bridge.desk.members("shop", "c1") == {"applied": 1_000_000}


def test_who_is_on_the_way_in_is_not_told_twice(world):
    list_id = world.open_list()
    world.change(list_id, "add", "user-1")
    world.change(list_id, "add", "user-1")

    world.bridge.run_due()

    assert world.onesignal.changes == [("c1", "add", "user-1")]
    assert cohorts(world).ignored == {"already on its way in": 1}


def test_who_left_is_not_removed_twice_and_can_come_back(world):
    list_id = world.open_list()
    for operation in ("add", "remove", "remove", "add"):
        world.change(list_id, operation, "user-1")
        world.bridge.run_due()

    assert [operation for _, operation, _ in world.onesignal.changes] == ["add", "remove", "add"]
    assert cohorts(world).ignored == {"not a member": 1}


def test_who_was_refused_is_tried_again_at_the_next_sync(world):
    world.onesignal.poison = frozenset({"user-1"})
    list_id = world.open_list()
    world.change(list_id, "add", "user-1")
    world.bridge.run_due()
    assert world.bridge.desk.members("shop", "c1") == {"refused": 1}
    world.onesignal.poison = frozenset()

    world.change(list_id, "add", "user-1")
    world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"user-1"}}
    assert world.bridge.desk.members("shop", "c1") == {"applied": 1}


def test_whose_removal_was_refused_is_still_a_member(world):
    list_id = world.open_list()
    world.change(list_id, "add", "user-1")
    world.bridge.run_due()
    world.onesignal.poison = frozenset({"user-1"})

    world.change(list_id, "remove", "user-1")
    world.bridge.run_due()

    assert world.bridge.desk.members("shop", "c1") == {"applied": 1}
    assert world.bridge.desk.sync_history("c1")[-1].refused == {"400 bad request": 1}


def test_a_cohort_that_onesignal_has_forgotten_is_told_anew_at_the_next_sync(world):
    list_id = world.open_list()
    world.change(list_id, "add", "user-1", "user-2")
    world.bridge.run_due()
    world.onesignal.names.clear()
    world.onesignal.members.clear()
    world.change(list_id, "add", "user-3")
    world.bridge.run_due()

    world.change(list_id, "add", "user-1", "user-2", "user-3")
    world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"user-1", "user-2", "user-3"}}


def test_an_id_that_may_not_travel_is_buried_once_and_then_only_counted(world):
    list_id = world.open_list()
    world.change(list_id, "add", "undefined")
    world.change(list_id, "add", "undefined")

    words = "external_id 'undefined' is a placeholder, not an id"
    assert (cohorts(world).buried, cohorts(world).ignored) == ({words: 1}, {words: 1})


def test_a_webhook_enters_and_leaves(world):
    webhook(world, "user-1", "user-2", message="a::enter::0")
    webhook(world, "user-1", entering=False, at=1_773_144_060, message="b::exit::0")

    world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"user-2"}}
    assert world.onesignal.names == {"c1": "Power users"}


def test_a_repeated_webhook_message_is_taken_once(world):
    first = webhook(world, "user-1", message="a::enter::0")
    again = webhook(world, "user-1", "user-2", message="a::enter::0")

    world.bridge.run_due()

    assert first.json == {"accepted": 1}
    assert again.json == {"accepted": 0, "reason": "already received"}
    assert world.onesignal.members == {"c1": {"user-1"}}
    assert cohorts(world).ignored == {"already received": 1}


@pytest.mark.parametrize("runs_between", [True, False])
def test_an_older_batch_never_undoes_a_newer_one(world, runs_between):
    webhook(world, "user-1", at=100, message="1")
    webhook(world, "user-1", at=300, entering=False, message="3")
    if runs_between:
        world.bridge.run_due()

    webhook(world, "user-1", at=200, message="2")
    world.bridge.run_due()

    assert world.onesignal.members == {"c1": set()}
    assert cohorts(world).ignored == {"older than what is known": 1}


def test_a_batch_that_changed_nothing_is_newer_too(world):
    webhook(world, "user-1", at=100, message="1")
    webhook(world, "user-1", at=300, message="3")

    webhook(world, "user-1", at=200, entering=False, message="2")
    world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"user-1"}}


def test_a_mapped_property_is_read_and_a_user_without_it_is_counted(make_world):
    world = make_world(mapped_property="crm_id")
    users = [
        {"user_id": "a", "user_properties": {"crm_id": "crm-1"}},
        {"user_id": "b", "user_properties": {"crm_id": 42}},
        {"user_id": "c", "user_properties": {"crm_id": None}},
        {"user_id": "d"},
        {"user_id": "e", "user_properties": {"crm_id": ["x"]}},
    ]

    webhook(world, users=users)
    world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"crm-1", "42"}}
    assert cohorts(world).ignored == {"unresolved mapping": 3}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"null",
        b"[]",
        b"{}",
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":"yes","users":[]}',
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":true,"users":null}',
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":true,"users":["u"]}',
        b'{"cohort_id":" ","cohort_name":"n","in_cohort":true,"users":[]}',
        b'{"cohort_id":"c\\u0000","cohort_name":"n","in_cohort":true,"users":[]}',
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":true,"users":[{"user_id":"\\ud800"}]}',
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":true,"users":[],"computed_time":"soon"}',
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":true,"users":[],"computed_time":1e300}',
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":true,"users":[],"computed_time":"nan"}',
        b'{"cohort_id":"c","cohort_name":"n","in_cohort":true,"users":[],"computed_time":-1}',
    ],
)
def test_what_is_no_webhook_is_refused_and_nothing_is_stored(world, body):
    before = world.bridge.fingerprint()

    answer = world.post("/cohorts/webhook", data=body, content_type="application/json")

    assert (answer.status_code, world.bridge.fingerprint()) == (400, before)


def test_a_full_outbox_takes_no_part_of_a_webhook(make_world):
    world = make_world(outbox_maximum=3)

    answer = webhook(world, *(f"user-{number}" for number in range(9)))

    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "30")
    assert world.bridge.desk.members("shop", "c1") == {}
    assert webhook(world, "user-1").json == {"accepted": 1}


def test_what_a_full_outbox_did_not_take_is_not_counted_as_waiting(make_world):
    world = make_world(outbox_maximum=3)

    refused = [webhook(world, *(f"user-{number}" for number in range(9))).status_code for _ in range(5)]

    assert refused == [503] * 5
    assert world.stream().json == {"accepted": 1}


def test_the_history_has_every_run_with_what_it_did(world):
    list_id = world.open_list()
    world.change(list_id, "add", "user-1", "user-2", "user-2")
    world.change(list_id, "add", "user-3", "undefined")
    world.bridge.run_due()
    world.clock.advance(hours=1)
    world.change(list_id, "add", "user-1", "user-4")
    world.change(list_id, "remove", "user-2")

    first, second = world.bridge.desk.sync_history("c1")

    assert (first.source, first.added, first.removed, first.pending) == ("list", 3, 0, 0)
    assert first.skipped == {
        "external_id 'undefined' is a placeholder, not an id": 1,
        "repeated in the batch": 1,
    }
    assert (second.added, second.removed, second.pending) == (1, 1, 2)
    assert second.skipped == {"already a member": 1}


def test_a_lost_answer_leaves_the_ledger_and_onesignal_of_one_mind(world):
    world.onesignal.script.extend([None, LOST_ANSWER])
    list_id = world.open_list()
    world.change(list_id, "add", "user-1", "user-2")
    world.bridge.run_due()
    assert world.bridge.desk.members("shop", "c1") == {"pending_add": 2}

    world.run_until_quiet()

    assert world.bridge.desk.members("shop", "c1") == {"applied": 2}
    assert world.onesignal.members == {"c1": {"user-1", "user-2"}}
