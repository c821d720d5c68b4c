"""How often and when the events of messages arrived: again, twice, too many at once, late, out of order."""

import re
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from typing import Final
from urllib.parse import urlsplit

from simulator.accounts.message_evidence import Event, Evidence, Teller, when
from simulator.accounts.notes import Note
from simulator.hosts import AMPLITUDE_HOSTS
from simulator.journal import Exchange

_LATE: Final = timedelta(hours=1)
_TAKEN: Final = 200
_TOO_MANY: Final = 429
_INSERT_ID: Final = re.compile(r'"insert_id"\s*:\s*"([^"]+)"')
_AMPLITUDE: Final = frozenset(host for hosts in AMPLITUDE_HOSTS.values() for host in hosts)


def _several_times(evidence: Evidence) -> Iterator[Note]:
    for (message, _), events in evidence.by_device.items():
        ids = {(event["event_type"], event["event_time"], event["$insert_id"]) for event in events}
        times = {(event_type, at) for event_type, at, _ in ids}
        more = len(times) - len({event_type for event_type, _ in times})
        yield Note("B08", more, f"{more} more of the same on one device of message {message}")


def _counted_once(evidence: Evidence) -> Iterator[Note]:
    uploaded = Counter(each for call in _uploads(evidence) for each in _INSERT_ID.findall(call.request))
    stored = Counter(event["$insert_id"] for event in evidence.events)
    again = sum(max(0, count - stored[each]) for each, count in uploaded.items() if stored[each])
    yield Note("B10", again, f"{again} uploads of an insert_id that was there")


def _counted_twice(evidence: Evidence) -> Iterator[Note]:
    keys = Counter(_without_insert_id(event) for event in evidence.of_messages)
    twice = sum(count - 1 for count in keys.values())
    yield Note("B11", twice, f"{twice} events are there again under another insert_id")


def _two_devices(evidence: Evidence) -> Iterator[Note]:
    devices: dict[str, set[str]] = {}
    for event in evidence.events:
        devices.setdefault(event["$insert_id"], set()).add(str(event["device_id"]))
    again = [insert_id for insert_id, found in devices.items() if len(found) > 1]
    yield Note("B12", len(again), ", ".join(again))


def _throttled(evidence: Evidence) -> Iterator[Note]:
    count = sum(
        1 for each in evidence.exchanges if each.status == _TOO_MANY and urlsplit(each.url).hostname in _AMPLITUDE
    )
    yield Note("B15", count, f"{count} uploads were answered 429")


def _at_another_time(evidence: Evidence) -> Iterator[Note]:
    late = [event for event in evidence.events if abs(when(event, "server_upload_time") - when(event)) > _LATE]
    yield Note("B21", len(late), "more than an hour between the event and its upload")


def _out_of_order(evidence: Evidence) -> Iterator[Note]:
    for (message, _), events in evidence.by_device.items():
        moments = [when(event) for event in events]
        yield Note("B26", int(moments != sorted(moments)), f"on one device of message {message}")


def _uploads(evidence: Evidence) -> Iterator[Exchange]:
    """Give the uploads that Amplitude took."""
    return (
        each for each in evidence.exchanges if each.status == _TAKEN and each.url.endswith(("/2/httpapi", "/batch"))
    )


def _without_insert_id(event: Event) -> tuple[str, ...]:
    keys = ("event_type", "user_id", "device_id", "event_time", "event_properties")
    return tuple(str(event[key]) for key in keys)


TELLERS: Final[tuple[Teller, ...]] = (
    _several_times,
    _counted_once,
    _counted_twice,
    _two_devices,
    _throttled,
    _at_another_time,
    _out_of_order,
)
