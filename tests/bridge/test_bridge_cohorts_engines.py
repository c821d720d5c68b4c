"""The ledger, the webhook, pulls and replays on both engines, and on PostgreSQL between two workers."""

from __future__ import annotations

import pytest
from bridge_more_vendors import CohortsApi
from bridge_world import build_world

from bridge import AmplitudeProject
from bridge.choices import CohortPull
from bridge.replay import ReplayScope

PULLING = {
    "pulls": (CohortPull("c1", "Power users"),),
    "amplitude": AmplitudeProject("amplitude-key", secret_key="amplitude-secret"),
}


def webhook(world, *users, entering=True, at=100):
    return world.post(
        "/cohorts/webhook",
        json={
            "cohort_name": "Power users",
            "cohort_id": "c1",
            "in_cohort": entering,
            "computed_time": at,
            "message_id": f"m{at}",
            "users": [{"user_id": user} for user in users],
        },
    )


def test_a_cohorts_story_is_the_same_on_every_engine(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)
    world.onesignal.poison = frozenset({"user-3"})
    webhook(world, "user-1", "user-2", "user-3", "null", "a\0b", None)
    webhook(world, "user-1", "user-2", at=100)
    world.run_until_quiet()
    webhook(world, "user-2", entering=False, at=300)
    webhook(world, "user-1", "user-2", at=200)
    world.onesignal.poison = frozenset()
    world.bridge.desk.replay(ReplayScope(user="user-3"))
    world.run_until_quiet()

    assert world.onesignal.members == {"c1": {"user-1", "user-3"}}
    assert world.bridge.desk.members("shop", "c1") == {"applied": 2, "refused": 1, "removed": 1}
    history = world.bridge.desk.sync_history("c1")
    assert [(run.added, run.removed, run.pending) for run in history] == [(3, 0, 0), (0, 1, 0), (0, 0, 0)]
    assert history[0].skipped == {
        "an id with a NUL character": 1,
        "external_id 'null' is a placeholder, not an id": 1,
        "unresolved mapping": 1,
    }
    assert history[2].skipped == {"already a member": 1, "older than what is known": 1}
    assert world.bridge.desk.explain("user-2")[-1] == "now user-2 is no longer in cohort c1 (Power users) of shop"


def test_a_message_is_remembered_over_a_restart_on_every_engine(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)
    world.stream(event_id="sent", message_title={"en": "Hello", "de": "Hallo"})
    world.bridge.run_due()
    world.bridge.close()
    after = make_world(outbox_url=outbox_url)

    after.stream(event_id="click", event_kind="message.push.clicked", message_name="", message_title=None)
    after.run_until_quiet()

    assert after.us.events[0]["event_properties"]["Message"] == "Hello"


def test_an_id_that_no_database_can_hold_is_buried_on_every_engine(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)

    assert world.stream(event_external_id="a\0b").json == {"accepted": 1}
    assert world.bridge.status().connections[0].events.buried == {"external_id holds a NUL character": 1}


def test_a_pull_is_the_same_on_every_engine(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url, **PULLING)
    world.wire.hosts["amplitude.com"] = CohortsApi({"c1": [{"user_id": user} for user in ("a", "B", "é", "Z", "b")]})
    for _ in range(3):
        world.clock.moment = max(world.clock.moment, world.bridge.next_due())
        world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"a", "B", "é", "Z", "b"}}


@pytest.mark.parametrize("step", range(3))
def test_of_two_workers_one_takes_a_step_of_a_pull(postgresql_url, step):
    first = build_world(outbox_url=postgresql_url, **PULLING)
    second = build_world(outbox_url=postgresql_url, **PULLING)
    api = CohortsApi({"c1": [{"user_id": "a"}]}, looks_until_ready=0)
    first.wire.hosts["amplitude.com"] = second.wire.hosts["amplitude.com"] = api
    worlds = (first, second)
    for number in range(step):
        worlds[number % 2].bridge.run_due()
        for world in worlds:
            world.clock.advance(seconds=15)
    before = len(api.asked)

    first.bridge.run_due()
    between = len(api.asked)
    second.bridge.run_due()

    assert (between > before, len(api.asked)) == (step < 2, between)
    for world in worlds:
        world.bridge.close()
