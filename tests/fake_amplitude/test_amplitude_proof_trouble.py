"""The official client, unmodified, through scripted trouble over real sockets: every event arrives exactly once.

A client that drops an event says so in its callback (400 with its index); nothing else may be missing, and nothing
may be there twice, however often it was sent (facts/amplitude-api.md 1.3, 2.3, 7).
"""

import gzip
import io
import json
import random
import threading
import zipfile
from collections import Counter

import amplitude_trouble as trouble
import pytest
from amplitude import Amplitude as OfficialClient
from amplitude import BaseEvent, Config

EVENTS = 24
FLUSHES_MAX = 200
RETRIED = [
    trouble.slow,
    trouble.failure_before_the_effect,
    trouble.failure_after_the_effect,
    trouble.unavailable,
    trouble.bad_gateway_after_the_effect,
    trouble.too_large,
    trouble.too_large_says_the_front,
    trouble.throttled_users,
]
DROPPING = [trouble.bad_first_event, trouble.silenced_last_event]


class Told:
    """What the client says became of each event."""

    def __init__(self):
        self.codes = {}
        self._changed = threading.Condition()

    def __call__(self, event, code, _message):
        with self._changed:
            self.codes.setdefault(event["insert_id"], []).append(code)
            self._changed.notify_all()

    def wait(self, count, seconds):
        with self._changed:
            return self._changed.wait_for(lambda: len(self.codes) >= count, seconds)


def flush_until_told(client, told, count):
    for _ in range(FLUSHES_MAX):
        for future in client.flush():
            if future is not None:
                future.exception(timeout=30)
        if told.wait(count, 0.02):
            return
    raise AssertionError(f"the client told of {len(told.codes)} events of {count}")


def send_through(amplitude, script, *, path="/2/httpapi", use_batch=False, told_of=EVENTS):
    """Send events in four batches through a script; answer what the client told, and what troubles it met."""
    told, through = Told(), trouble.Trouble(amplitude.fake, script)
    with trouble.Served(through) as served:
        config = Config(
            server_url=served.url + path,
            use_batch=use_batch,
            flush_queue_size=EVENTS // 4,
            flush_interval_millis=60_000,
            callback=told,
        )
        client = OfficialClient(amplitude.project.api_key, config)
        for n in range(EVENTS):
            client.track(BaseEvent("Play", user_id=f"user-{n % 5}", device_id=f"device-{n % 7}"))
        try:
            flush_until_told(client, told, told_of)
        finally:
            client.shutdown()
    return told.codes, through.seen


def exported(amplitude):
    hour = amplitude.clock.moment.strftime("%Y%m%dT%H")
    answer = amplitude.get("/api/2/export", start=hour, end=hour)
    with zipfile.ZipFile(io.BytesIO(answer.data)) as archive:
        lines = b"".join(gzip.decompress(archive.read(name)) for name in archive.namelist()).splitlines()
    return Counter(json.loads(line)["$insert_id"] for line in lines)


def delivered(codes):
    return {insert_id for insert_id, said in codes.items() if said == [200]}


@pytest.mark.parametrize("kind", RETRIED, ids=lambda kind: kind.__name__)
@pytest.mark.parametrize(("path", "use_batch"), [("/2/httpapi", False), ("/batch", True)])
def test_every_event_arrives_exactly_once_through(amplitude, kind, path, use_batch):
    codes, seen = send_through(amplitude, [kind, kind], path=path, use_batch=use_batch)

    assert seen.count(kind.__name__) == 2
    assert len(delivered(codes)) == EVENTS
    assert exported(amplitude) == Counter(codes.keys())


@pytest.mark.parametrize("kind", DROPPING, ids=lambda kind: kind.__name__)
def test_the_named_event_is_dropped_and_every_other_arrives_exactly_once(amplitude, kind):
    codes, _ = send_through(amplitude, [kind])

    assert sorted(Counter(code for said in codes.values() for code in said).items()) == [(200, EVENTS - 1), (400, 1)]
    assert exported(amplitude) == Counter(delivered(codes))


@pytest.mark.parametrize(
    "bad",
    [BaseEvent("Play", user_id="42"), BaseEvent("[Amplitude] Revenue", user_id="user-3")],
    ids=["short id", "reserved name"],
)
def test_what_the_server_itself_refuses_is_dropped_alone(amplitude, bad):
    told = Told()
    with trouble.Served(amplitude.fake) as served:
        config = Config(server_url=f"{served.url}/2/httpapi", flush_interval_millis=60_000, callback=told)
        client = OfficialClient(amplitude.project.api_key, config)
        for event in (BaseEvent("Play", user_id="user-1"), bad, BaseEvent("Play", user_id="user-2")):
            client.track(event)
        flush_until_told(client, told, 3)
        client.shutdown()

    assert Counter(code for said in told.codes.values() for code in said) == {200: 2, 400: 1}
    assert len(amplitude.warehouse.events) == 2


def test_a_lost_answer_is_not_a_lost_request(amplitude):
    codes, _ = send_through(amplitude, [trouble.lost_answer] * EVENTS, told_of=0)

    assert codes == {}  # the client forgets the events and never tells
    counts = exported(amplitude)
    assert len(counts) == EVENTS
    assert set(counts.values()) == {1}


@pytest.mark.parametrize("seed", range(8))
def test_every_event_arrives_exactly_once_through_a_storm(amplitude, seed):
    luck = random.Random(seed)  # noqa: S311 - luck, not secrecy
    script = [luck.choice(RETRIED if luck.random() < 0.8 else DROPPING) for _ in range(9)]

    codes, _ = send_through(amplitude, script)

    assert len(codes) == EVENTS
    assert all(said in ([200], [400]) for said in codes.values())
    counts = exported(amplitude)
    assert set(counts.values()) == {1}
    assert delivered(codes) <= set(counts) <= set(codes)  # what was dropped after a failure may have had its effect
