"""Several workers on one PostgreSQL: a lane has one owner, and a worker that died has none."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bridge_vendors import Clock
from bridge_world import make_connection, open_bridge
from sqlalchemy import insert

from bridge import Settings
from bridge.database import Database
from bridge.errors import OutboxFull
from bridge.leases import ALIVE_FOR, Leases
from bridge.outbox import Outbox
from bridge.records import NewDelivery, Outcomes
from bridge.tables import deliveries

ROUTE = ("shop", "events")
SOON = timedelta(milliseconds=70)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def make_worker(postgresql_url, clock):
    databases = []

    def make(name, maximum=1_000):
        database = Database(postgresql_url)
        databases.append(database)
        leases = Leases(database, worker=name, now=clock)
        return Outbox(database, maximum=maximum, now=clock, leases=leases)

    yield make
    for database in databases:
        database.close()


def put(worker, *lanes):
    worker.put(*ROUTE, [NewDelivery(lane=lane, kind="k", payload=b"{}") for lane in lanes])


def delivered(claimed):
    return Outcomes(tuple(delivery.id for delivery in claimed), (), ())


def lanes(claimed):
    return [delivery.lane for delivery in claimed]


def test_a_lane_is_leased_to_one_worker_and_the_others_lanes_flow(make_worker):
    first, second = make_worker("first"), make_worker("second")
    put(first, "ann", "bob", "ann", "eve")

    of_first = first.claim(*ROUTE, limit=2)
    of_second = second.claim(*ROUTE, limit=10)

    assert lanes(of_first) == ["ann", "bob"]
    assert lanes(of_second) == ["eve"], "the second of ann may not overtake the first"


def test_a_lane_is_free_again_once_its_round_is_written_down(make_worker):
    first, second = make_worker("first"), make_worker("second")
    put(first, "ann", "ann")
    claimed = first.claim(*ROUTE, limit=1)

    first.settle(ROUTE, claimed, delivered(claimed), took=SOON)

    assert [each.id for each in second.claim(*ROUTE, limit=10)] == [claimed[0].id + 1]


def test_the_lanes_of_a_worker_that_died_are_taken_when_its_time_is_over(make_worker, clock):
    dead, living = make_worker("dead"), make_worker("living")
    put(dead, "ann")
    dead.claim(*ROUTE, limit=10)

    assert living.claim(*ROUTE, limit=10) == []
    assert living.next_due(*ROUTE) == clock.moment + ALIVE_FOR
    clock.advance(seconds=ALIVE_FOR.total_seconds())
    assert living.next_due(*ROUTE) == clock.moment
    assert lanes(living.claim(*ROUTE, limit=10)) == ["ann"]


def test_a_worker_that_says_that_it_is_alive_keeps_its_lanes(make_worker, clock):
    slow, other = make_worker("slow"), make_worker("other")
    put(slow, "ann")
    slow.claim(*ROUTE, limit=10)

    clock.advance(seconds=50)
    slow._leases.keep()
    clock.advance(seconds=50)

    assert other.claim(*ROUTE, limit=10) == []


def test_what_a_worker_says_of_a_lane_that_was_taken_over_no_longer_counts(make_worker, clock):
    slow, other = make_worker("slow"), make_worker("other")
    put(slow, "ann", "bob")
    of_slow = slow.claim(*ROUTE, limit=10)
    clock.advance(seconds=ALIVE_FOR.total_seconds())
    of_other = other.claim(*ROUTE, limit=1)

    slow.settle(ROUTE, of_slow, delivered(of_slow), took=SOON)

    assert lanes(of_other) == ["ann"]
    assert lanes(other.claim(*ROUTE, limit=10)) == ["ann"], "still owed, and bob is delivered"


def test_a_delivery_that_is_committed_after_a_later_one_is_not_passed_over(make_worker):
    worker = make_worker("only")
    row = {"connection": "shop", "direction": "events", "kind": "k", "payload": b"{}", "state": "waiting"}
    with worker._database._engine.connect() as slow_door:
        slow_door.execute(insert(deliveries), row | {"lane": "ann", "attempts": 0, "created_at": 0})
        put(worker, "bob")
        before = worker.claim(*ROUTE, limit=10)
        worker.settle(ROUTE, before, delivered(before), took=SOON)
        slow_door.commit()

    after = worker.claim(*ROUTE, limit=10)

    assert (lanes(before), lanes(after)) == (["bob"], ["ann"])
    assert after[0].id < before[0].id


def test_the_maximum_holds_for_all_doors_together(make_worker):
    first, second = make_worker("first", maximum=3), make_worker("second", maximum=3)
    put(first, "ann", "bob")

    put(second, "eve")

    with pytest.raises(OutboxFull):
        put(second, "dan")
    with pytest.raises(OutboxFull):
        put(first, "dan")


def test_a_large_maximum_is_exceeded_by_no_more_than_a_hundredth_for_each_process(make_worker):
    doors = [make_worker(f"door {number}", maximum=1_000) for number in range(2)]
    put(doors[0], *(f"u{number}" for number in range(995)))

    taken = 0
    for number in range(40):
        try:
            put(doors[number % 2], f"v{number}")
        except OutboxFull:
            continue
        taken += 1

    assert 5 <= taken <= 5 + 2 * 10


def test_a_rest_that_one_worker_was_asked_for_holds_for_all(make_world, postgresql_url):
    world = make_world(outbox_url=postgresql_url)
    settings = Settings((make_connection(),), outbox_url=postgresql_url)
    other = open_bridge(world.wire, world.clock, settings)
    world.us.script.append((503, {"Retry-After": "120"}, b""))
    world.stream(event_id="e1")
    world.bridge.run_due()
    world.stream(event_id="e2", event_external_id="user-2")

    assert other.run_due() == 0
    assert other.next_due() - world.clock.moment == timedelta(seconds=120)
    other.close()


def test_a_key_that_one_worker_was_refused_stops_all_of_them_and_the_lanes_go_on_in_order(make_world, postgresql_url):
    first, second = (make_world(outbox_url=postgresql_url) for _ in range(2))
    first.us.api_keys = second.us.api_keys = ("another-key",)
    for number in range(6):
        first.stream(event_id=f"e{number}", event_external_id=f"user-{number % 2}")
    first.bridge.run_due()

    second.stream(event_id="e6", event_external_id="user-0")
    second.bridge.run_due()

    assert second.us.uploads == [], "it knows that the key is refused"
    assert second.bridge.stopped() == {("shop", "events"): "400 Invalid API key"}
    second.us.api_keys = ("amplitude-key",)
    first.bridge.resume("shop")
    second.run_until_quiet()
    account = second.bridge.status().connections[0].events
    assert (account.delivered, account.buried, account.held_because) == (7, {}, None)
    assert [each["insert_id"] for each in second.us.events] == [f"e{number}" for number in range(7)]
