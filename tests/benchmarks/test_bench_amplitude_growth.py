"""What a stored event costs, at a million of them: bytes of memory, and time at the end against the beginning.

The beginning is that of a second world, filled by turns with the tenth that follows the million: a busy machine slows
both.
"""

import gc
import random
import time
from datetime import UTC, datetime
from pathlib import Path

import msgspec
import pytest
import requests
from werkzeug.test import Client

from fake_amplitude import FakeAmplitude

EVENTS, IN_AN_UPLOAD = 1_000_000, 1_000
BYTES_MAX, GROWTH_MAX = 600, 1.3
MESSAGES = 100


def resident_bytes():
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * 4_096


class World:
    """A region that says how long an upload took."""

    def __init__(self):
        moment = datetime(2026, 3, 10, 12, tzinfo=UTC)
        luck, session = random.Random(7), requests.Session()  # noqa: S311 - luck, not secrecy
        session.close()
        self.fake = FakeAmplitude(now=lambda: moment, ids=str, random=luck, session=session)
        self.project, self._client = self.fake.create_project("Main"), Client(self.fake)

    def take(self, events):
        body = msgspec.json.encode({"api_key": self.project.api_key, "events": events})
        began = time.process_time()
        answer = self._client.post("/batch", data=body, content_type="application/json")
        took = time.process_time() - began
        assert answer.status_code == 200
        return took


def uploads(luck):
    """Message events as the bridge sends them: an insert_id each, one of a hundred messages, one of many people."""
    for first in range(0, EVENTS + EVENTS // 10, IN_AN_UPLOAD):
        yield [
            {
                "event_type": luck.choice(("Push Clicked", "Push Confirmed Delivery", "IAM Displayed")),
                "user_id": f"user-{luck.randrange(EVENTS // 10):07}",
                "device_id": f"device-{luck.randrange(EVENTS // 5):07}",
                "time": 1_773_144_000_000 + n,
                "insert_id": f"{luck.getrandbits(128):032x}",
                "event_properties": {"Message Name": f"Message {luck.randrange(MESSAGES)}", "message_type": "push"},
            }
            for n in range(first, first + IN_AN_UPLOAD)
        ]


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.benchmark(group="a million events")
def test_an_event_costs_the_same_at_the_millionth_and_less_than_600_bytes(benchmark):
    large, fresh = World(), World()
    gc.collect()
    before = resident_bytes()
    seconds, grown = {"last": 0.0, "first": 0.0}, {"bytes": 0}

    def fill():
        for number, events in enumerate(uploads(random.Random(7))):  # noqa: S311 - luck, not secrecy
            if number < EVENTS // IN_AN_UPLOAD:
                large.take(events)
                grown["bytes"] = resident_bytes() - before
            else:
                seconds["last"] += large.take(events)
                seconds["first"] += fresh.take(events)

    benchmark.pedantic(fill, rounds=1)
    bytes_each = grown["bytes"] / EVENTS
    growth = seconds["last"] / seconds["first"]
    benchmark.extra_info.update({"bytes an event": round(bytes_each), "last tenth / first tenth": round(growth, 2)})

    assert len(large.fake.world.state.warehouses[large.project.id].events) == EVENTS + EVENTS // 10
    assert bytes_each <= BYTES_MAX
    assert growth <= GROWTH_MAX
