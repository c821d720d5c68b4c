from __future__ import annotations

import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from bridge_vendors import LOST_ANSWER, LOST_REQUEST
from bridge_world import make_connection, open_bridge

from bridge import Settings
from bridge.errors import SettingsError


def reopened(world, outbox_url, **settings):
    """The same settings and wire in a new process's place; the old object was never closed."""
    return open_bridge(world.wire, world.clock, Settings((make_connection(**settings),), outbox_url=outbox_url))


@pytest.mark.parametrize("fault", [None, LOST_REQUEST, LOST_ANSWER])
def test_after_a_crash_nothing_is_lost_and_nothing_is_doubled(make_world, outbox_url, fault):
    world = make_world(outbox_url=outbox_url)
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "u2")
    world.change(list_id, "remove", "u1")
    for number in range(5):
        world.stream(event_id=f"e{number}")
    world.us.script.append(fault)
    if fault is not None:
        world.bridge.run_due()

    crashed, world.bridge = world.bridge, reopened(world, outbox_url)
    repeated = world.stream(event_id="e3")
    world.run_until_quiet()

    assert repeated.json == {"accepted": 0, "reason": "already received"}
    assert [event["insert_id"] for event in world.us.events] == [f"e{number}" for number in range(5)]
    assert world.onesignal.members == {"c1": {"u2"}}
    assert world.open_list() == list_id
    assert {each.state for each in world.bridge.deliveries()} == {"delivered"}
    crashed.close()


def test_a_delay_survives_a_crash(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)
    world.us.script.append((429, {}, {"error": "Too many requests", "throttled_events": [0]}))
    world.stream(event_id="e1")
    world.bridge.run_due()
    world.stream(event_id="e2")

    crashed, world.bridge = world.bridge, reopened(world, outbox_url)

    assert world.bridge.run_due() == 0
    world.run_until_quiet()
    assert [event["insert_id"] for event in world.us.events] == ["e1", "e2"]
    crashed.close()


def test_the_maximum_counts_what_was_waiting_before_a_restart(make_world, outbox_url):
    world = make_world(outbox_url=outbox_url)
    world.stream(event_id="e1")

    settings = Settings((make_connection(),), outbox_url=outbox_url, outbox_maximum=1)
    crashed, world.bridge = world.bridge, open_bridge(world.wire, world.clock, settings)

    assert world.stream(event_id="e2").status_code == 503
    crashed.close()


def test_what_was_acknowledged_is_in_the_file_and_synchronised_in_full(make_world, sqlite_url, tmp_path):
    world = make_world(outbox_url=sqlite_url)

    world.stream(event_id="e1")

    with sqlite3.connect(tmp_path / "outbox.db") as stranger:
        assert stranger.execute("SELECT source_id, state FROM deliveries").fetchall() == [("e1", "waiting")]
        assert stranger.execute("PRAGMA journal_mode").fetchone() == ("wal",)
    stranger.close()
    with world.bridge._database.transaction() as transaction:
        assert transaction.exec_driver_sql("PRAGMA synchronous").scalar() == 2


def test_when_the_database_cannot_write_the_door_answers_503_and_acknowledges_nothing(make_world, sqlite_url):
    world = make_world(outbox_url=sqlite_url)
    with world.bridge._database.transaction() as transaction:
        transaction.exec_driver_sql("PRAGMA query_only=ON")

    refused = world.stream(event_id="e1")

    assert (refused.status_code, refused.headers["Retry-After"]) == (503, "30")
    with world.bridge._database.transaction() as transaction:
        transaction.exec_driver_sql("PRAGMA query_only=OFF")
    assert world.stream(event_id="e1").json == {"accepted": 1}
    assert world.bridge.status().connections[0].events.received == 1


def test_an_outbox_that_cannot_be_opened_is_a_clear_error():
    for url in ("postgresql://localhost/x", "mysql://localhost/x", "nonsense", "sqlite:////proc/nowhere/outbox.db"):
        with pytest.raises(SettingsError, match="outbox_url"):
            open_bridge(None, None, Settings((), outbox_url=url))


@pytest.mark.parametrize("where", ["memory", "file"])
def test_doors_and_relay_may_run_in_different_threads(make_world, outbox_url, where):
    world = make_world(outbox_url="sqlite://" if where == "memory" else outbox_url)

    def stream(number):
        return world.stream(event_id=f"e{number}", event_external_id=f"u{number % 7}").json

    with ThreadPoolExecutor(4) as pool:
        relays = [pool.submit(world.bridge.run_due) for _ in range(10)]
        answers = list(pool.map(stream, range(200)))
    ran = sum(relay.result() for relay in relays) + world.bridge.run_due()

    assert answers == [{"accepted": 1}] * 200
    assert ran == 200
    assert sorted(event["insert_id"] for event in world.us.events) == sorted(f"e{number}" for number in range(200))


def test_finished_deliveries_leave_both_indexes_of_the_claim(world):
    with world.bridge._database.transaction() as transaction:
        plan = transaction.exec_driver_sql(
            "EXPLAIN QUERY PLAN SELECT id FROM deliveries WHERE connection = ? AND direction = ? "
            "AND state = 'waiting' AND lane NOT IN (SELECT lane FROM deliveries WHERE connection = ? "
            "AND direction = ? AND state = 'waiting' AND not_before > ?) ORDER BY id LIMIT 10",
            ("shop", "events", "shop", "events", 0),
        ).all()

    told = " ".join(str(row) for row in plan)
    assert "deliveries_waiting" in told
    assert "deliveries_delayed" in told
    assert "TEMP B-TREE" not in told


def test_the_same_story_has_the_same_fingerprint_and_another_has_not(make_world):
    def story(world, external_id="user-1"):
        world.stream(event_external_id=external_id)
        world.open_list()
        world.bridge.run_due()
        return world.bridge.fingerprint()

    assert story(make_world()) == story(make_world())
    assert story(make_world()) != story(make_world(), external_id="user-2")
