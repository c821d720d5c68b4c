"""Two workers on one PostgreSQL, one killed half-way: none lost, none out of lane, none twice beyond insert_id."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from bridge_receivers import receiving
from bridge_vendors import Clock
from bridge_world import make_connection, open_bridge

from bridge import Settings
from bridge.records import NewDelivery

WORKER = Path(__file__).with_name("bridge_worker.py")
BATCH = 1_000


def fill(outbox_url, deliveries):
    bridge = open_bridge(None, Clock(), Settings((make_connection(),), outbox_url=outbox_url))
    for first in range(0, deliveries, 5_000):
        arrivals = [new_delivery(number, users=deliveries // 10) for number in range(first, first + 5_000)]
        bridge._outbox.put("shop", "events", arrivals)
    return bridge


def new_delivery(number, users):
    user = f"user-{number % users:06}"
    event = {"event_type": "Push Sent", "time": number, "insert_id": f"e{number}", "user_id": user}
    return NewDelivery(lane=user, kind="message.push.sent", payload=json.dumps(event).encode())


@pytest.mark.parametrize("deliveries", [5_000, pytest.param(100_000, marks=pytest.mark.slow)])
def test_one_of_two_workers_is_killed_half_way_and_all_arrive_in_their_lanes(postgresql_url, deliveries):
    bridge = fill(postgresql_url, deliveries)
    with receiving() as (url, received):
        command = [sys.executable, str(WORKER), postgresql_url, url]
        workers = [
            subprocess.Popen(command, stdin=subprocess.PIPE, cwd=WORKER.parent.parent.parent)  # noqa: S603  # our own
            for _ in range(2)
        ]

        received.wait_until(lambda so_far: len(so_far.events) >= deliveries // 2)
        workers[0].kill()
        received.wait_until(lambda so_far: len(so_far.events) == deliveries)
        workers[1].communicate(timeout=60)
        workers[0].communicate()

    account = bridge.status().connections[0].events
    bridge.close()
    assert received.overtaken == []
    assert sorted(received.events) == sorted(f"e{number}" for number in range(deliveries))
    assert max(received.tries.values()) <= 2
    assert sum(times - 1 for times in received.tries.values()) <= BATCH, "what the killed one had just sent"
    assert (account.delivered, account.waiting, account.buried) == (deliveries, 0, {})
