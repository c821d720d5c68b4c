"""The bridge beside a bare `requests` loop that sends the same to the same live fakes, over sockets.

Both take turns, so that whatever else the machine does befalls both.
"""

import json
import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import orjson
import pytest
import requests

from bridge import AmplitudeProject, Bridge, Connection, OneSignalApp, Settings
from bridge.choices import Tags
from bridge.deployed import deployed
from bridge.records import NewDelivery

VENDORS = Path(__file__).with_name("bench_vendors.py")
EVENTS = MEMBERS = 100_000
MEMBERS_TIMED = 20_000  # the others wait meanwhile
AT_ONCE = 1_000
SENDERS = 4
DRAIN_RATIO_MIN = 0.6
SYNC_RATIO_MIN = 0.7
JSON = {"Content-Type": "application/json"}


@contextmanager
def live_vendors(people: int = 0) -> Iterator[dict[str, str]]:
    command = [sys.executable, str(VENDORS), str(people)]
    root = VENDORS.parent.parent.parent
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as vendors:  # noqa: S603  # our own module
        assert vendors.stdout is not None
        yield json.loads(vendors.stdout.readline())


def settings_for(vendors: dict[str, str], outbox: Path) -> Settings:
    connection = Connection(
        name="shop",
        secret="door-secret",
        onesignal=OneSignalApp(vendors["app_id"], vendors["rest_api_key"]),
        amplitude=AmplitudeProject(vendors["api_key"]),
        membership="tags",
        tags=Tags(senders=SENDERS),
    )
    gateways = {
        "https://api2.amplitude.com": vendors["amplitude_us"],
        "https://api.onesignal.com": vendors["onesignal"],
    }
    return Settings((connection,), outbox_url=f"sqlite:///{outbox}", gateways=gateways)


def bare_session() -> requests.Session:
    session = requests.Session()
    session.trust_env = False
    session.mount("http://", requests.adapters.HTTPAdapter(pool_maxsize=SENDERS))
    return session


def event_of(name: str, number: int) -> bytes:
    event = {"event_type": "Push Sent", "insert_id": f"{name}-{number}", "user_id": f"user-{number % 10_000:06}"}
    return orjson.dumps({**event, "time": 1_773_144_000_000 + number, "event_properties": {"Message Name": "Spring"}})


def taking_turns(bare, bridge: Bridge, turns: int) -> float:
    """Answer how fast the bridge is when the bare loop is 1."""
    bare_s = bridge_s = 0.0
    for turn in range(turns):
        began = time.perf_counter()
        bare(turn)
        between = time.perf_counter()
        assert bridge.run_round() == AT_ONCE
        bare_s += between - began
        bridge_s += time.perf_counter() - between
    return bare_s / bridge_s


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.benchmark(group="draining over sockets")
def test_draining_over_sockets_keeps_60_percent_of_a_bare_loop(benchmark, tmp_path):
    with live_vendors() as vendors, bare_session() as session:
        key = vendors["api_key"].encode()
        uploads = [
            b'{"api_key":"%s","events":[%s]}'
            % (key, b",".join(event_of("bare", n) for n in range(first, first + AT_ONCE)))
            for first in range(0, EVENTS, AT_ONCE)
        ]

        def bare(turn: int) -> None:
            answer = session.post(f"{vendors['amplitude_us']}/2/httpapi", data=uploads[turn], headers=JSON)
            assert answer.status_code == 200

        with deployed(settings_for(vendors, tmp_path / "outbox.db")) as bridge:
            for first in range(0, EVENTS, 10_000):
                arrivals = [
                    NewDelivery(lane=f"user-{n % 10_000:06}", kind="message.push.sent", payload=event_of("bridge", n))
                    for n in range(first, first + 10_000)
                ]
                bridge._outbox.put("shop", "events", arrivals)
            ratio = benchmark.pedantic(taking_turns, args=(bare, bridge, EVENTS // AT_ONCE), rounds=1)
            assert bridge.status().connections[0].events.delivered == EVENTS

    benchmark.extra_info["bare loop = 1, bridge"] = round(ratio, 2)
    assert ratio >= DRAIN_RATIO_MIN


@pytest.mark.slow
@pytest.mark.timeout(1_200)
@pytest.mark.benchmark(group="the first sync of a cohort")
def test_the_first_sync_by_tags_keeps_70_percent_of_a_bare_loop_of_the_same_requests(benchmark, tmp_path):
    with live_vendors(MEMBERS) as vendors, bare_session() as session, ThreadPoolExecutor(SENDERS) as senders:
        headers = {"Authorization": f"Key {vendors['rest_api_key']}", **JSON}
        users = f"{vendors['onesignal']}/apps/{vendors['app_id']}/users/by/external_id"
        body = orjson.dumps({"properties": {"tags": {"cohort_Everyone": "true"}}})

        def patch(number: int) -> int:
            return session.patch(f"{users}/user-{number:06}", data=body, headers=headers).status_code

        def bare(turn: int) -> None:
            assert set(senders.map(patch, range(turn * AT_ONCE, (turn + 1) * AT_ONCE))) == {202}

        with deployed(settings_for(vendors, tmp_path / "outbox.db")) as bridge:
            changes = bridge._doors["shop"].cohort_changes
            list_id = changes.open_list("[Amplitude] Everyone: c1")
            for first in range(0, MEMBERS, 10_000):
                changes.change_list(list_id, "add", [f"user-{number:06}" for number in range(first, first + 10_000)])
            ratio = benchmark.pedantic(taking_turns, args=(bare, bridge, MEMBERS_TIMED // AT_ONCE), rounds=1)
            assert bridge.status().connections[0].cohorts.delivered == MEMBERS_TIMED

    benchmark.extra_info["bare loop = 1, bridge"] = round(ratio, 2)
    assert ratio >= SYNC_RATIO_MIN
