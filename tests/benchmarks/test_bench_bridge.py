"""The bridge beside the least that can be done: its event door beside a Flask no-op, its drain beside a bare loop."""

import http.client
import socket
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import orjson
import psutil
import pytest

from bridge import AmplitudeProject, Bridge, Connection, OneSignalApp, Settings
from bridge.records import NewDelivery
from simulator import Simulation

SERVERS = Path(__file__).with_name("bench_servers.py")
CLIENTS, REQUESTS_EACH, THREADS, TURNS = 64, 20, 32, 8
DOOR_RATIO_MIN = 0.5
EVENTS = 100_000
DRAIN_PER_SECOND_MIN = 25_000
DRAIN_RATIO_MIN = 0.6
HTTP_V2 = "https://api2.amplitude.com/2/httpapi"
JSON = {"Content-Type": "application/json"}


@contextmanager
def serving(outbox_url):
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    command = [sys.executable, str(SERVERS), outbox_url, str(port), str(THREADS)]
    with subprocess.Popen(command, cwd=SERVERS.parent.parent.parent) as server:  # noqa: S603  # our own module
        while True:
            try:
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
                break
            except OSError:
                assert server.poll() is None
        yield port, server
        server.terminate()


def knock(port, client):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    for number in range(REQUESTS_EACH):
        body = orjson.dumps(
            {
                "event.kind": "message.push.sent",
                "event.id": f"{port}-{client}-{number}",
                "event.timestamp": 1_773_144_000,
                "event.external_id": f"user-{client}",
                "message.name": "Spring",
            }
        )
        connection.request("POST", "/connections/shop/message-events", body, {"Authorization": "Bearer door-secret"})
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200
    connection.close()


def knock_together(port, turn):
    with ThreadPoolExecutor(CLIENTS) as pool:
        list(pool.map(lambda client: knock(port, f"{turn}-{client}"), range(CLIENTS)))


def worked_s(server):
    """Answer how long a server has worked until now, with all its processes."""
    everybody = psutil.Process(server.pid)
    return sum(sum(each.cpu_times()[:2]) for each in (everybody, *everybody.children(recursive=True)))


def took(port, server, turn):
    """Answer how long a turn took: by the clock, and by how long the server worked."""
    began, had_worked = time.perf_counter(), worked_s(server)
    knock_together(port, turn)
    return time.perf_counter() - began, worked_s(server) - had_worked


def taking_turns(idle, door):
    """Answer how fast the door is when a no-op is 1: by the clock, and by how long the two servers worked."""
    turns = [(*took(*idle, turn), *took(*door, turn)) for turn in range(TURNS)]
    idle_s, idle_work_s, door_s, door_work_s = (sum(column) for column in zip(*turns, strict=True))
    return idle_s / door_s, idle_work_s / door_work_s


@pytest.mark.slow
@pytest.mark.benchmark(group="the event door")
def test_a_durable_event_costs_at_most_twice_a_flask_no_op(benchmark, tmp_path):
    with serving("nothing") as idle, serving(f"sqlite:///{tmp_path}/outbox.db") as door:
        for port, _ in (idle, door):
            knock_together(port, "first")
        by_the_clock, by_work = benchmark.pedantic(taking_turns, args=(idle, door), rounds=1, warmup_rounds=0)

    benchmark.extra_info["no-op = 1, door by the clock and by work"] = (round(by_the_clock, 2), round(by_work, 2))
    assert by_the_clock >= DOOR_RATIO_MIN
    assert by_work >= DOOR_RATIO_MIN


def event_of(number):
    return orjson.dumps(
        {
            "event_type": "Push Sent",
            "time": 1_773_144_000_000 + number,
            "insert_id": f"e{number}",
            "user_id": f"user-{number % 10_000:06}",
            "event_properties": {"Message Name": "Spring", "message_type": "push"},
        }
    )


def a_full_bridge(outbox_url, session, api_key):
    connection = Connection(
        name="shop",
        secret="door-secret",
        onesignal=OneSignalApp("app-1", "rest-key"),
        amplitude=AmplitudeProject(api_key),
    )
    bridge = Bridge(
        Settings((connection,), outbox_url=outbox_url),
        now=lambda: datetime(2026, 3, 10, 12, tzinfo=UTC),
        ids=lambda: "list-1",
        session=session,
    )
    for first in range(0, EVENTS, 10_000):
        arrivals = [
            NewDelivery(lane=f"user-{number % 10_000:06}", kind="message.push.sent", payload=event_of(number))
            for number in range(first, first + 10_000)
        ]
        bridge._outbox.put("shop", "events", arrivals)
    return bridge


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.benchmark(group="draining")
def test_draining_into_a_fake_of_this_process_keeps_60_percent_and_25_000_events_a_second(benchmark, tmp_path):
    street = Simulation(7)
    street.connect()
    key = street.project.api_key
    uploads = [
        b'{"api_key":"%s","events":[%s]}' % (key.encode(), b",".join(event_of(n) for n in range(first, first + 1_000)))
        for first in range(10**6, 10**6 + EVENTS, 1_000)
    ]
    session = street.session()

    began = time.process_time()
    for upload in uploads:
        assert session.post(HTTP_V2, data=upload, headers=JSON).status_code == 200
    bare = EVENTS / (time.process_time() - began)
    bridge = a_full_bridge(f"sqlite:///{tmp_path}/outbox.db", street.session(), key)
    began = time.process_time()
    assert benchmark.pedantic(bridge.run_due, rounds=1) == EVENTS
    drained = EVENTS / (time.process_time() - began)

    bridge.close()
    street.close()
    benchmark.extra_info["events/s, bare loop and bridge"] = (round(bare), round(drained))
    assert drained / bare >= DRAIN_RATIO_MIN
    assert drained >= DRAIN_PER_SECOND_MIN
