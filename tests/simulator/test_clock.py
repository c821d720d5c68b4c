"""The clock stands, is advanced, and flows."""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from simulator.clock import MONDAY_MORNING, Clock

HOUSES = ("bridge", "fake_onesignal", "fake_amplitude", "simulator", "scenarios")
OWN_CLOCKS = (
    "simulator/clock.py",
    "bridge/deployed.py",
)  # the second tells a deployed bridge the time, no simulated one


def test_a_new_clock_stands_still():
    clock = Clock()

    assert clock.now() == clock.now() == MONDAY_MORNING


def test_a_standing_clock_moves_forward_only():
    clock = Clock()

    clock.advance_to(MONDAY_MORNING + timedelta(hours=1))
    clock.advance_to(MONDAY_MORNING)

    assert clock.now() == MONDAY_MORNING + timedelta(hours=1)


def test_a_flowing_clock_goes_on_from_where_it_stood():
    clock = Clock()
    clock.advance_to(MONDAY_MORNING + timedelta(days=1))

    clock.flow()

    assert timedelta() <= clock.now() - MONDAY_MORNING - timedelta(days=1) < timedelta(minutes=1)
    with pytest.raises(RuntimeError, match="flowing clock"):
        clock.advance_to(MONDAY_MORNING)


def test_no_module_but_the_clock_reads_the_wall():
    """Whatever its spelling: `time.time()`, `datetime.now()`, `date.today()`, `gmtime()` without a moment."""
    root = Path(__file__).parent.parent.parent
    reads = re.compile(
        r"\b(?:time\.(?:time|time_ns|monotonic|monotonic_ns|perf_counter|perf_counter_ns|sleep|localtime|ctime)"
        r"|datetime\.(?:now|utcnow|today)|date\.today)\(|\b(?:gmtime|localtime)\(\)|from time import"
    )
    rooms = {str(path.relative_to(root)): path for house in HOUSES for path in (root / house).rglob("*.py")}
    readers = [name for name in sorted(rooms) if reads.search(rooms[name].read_text())]

    assert readers == sorted(OWN_CLOCKS)


def test_a_clock_flows_faster_than_the_wall_and_freezes_where_it_is():
    clock = Clock()

    clock.flow(speed=86_400)
    clock.pass_time(86_400 / 20)
    clock.freeze()

    assert timedelta(hours=1.2) <= clock.now() - MONDAY_MORNING
    assert clock.now() == clock.now()
    assert clock.speed == 0
