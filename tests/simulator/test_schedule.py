"""Everybody works when it is due, and the clock jumps from one due moment to the next."""

from datetime import timedelta

import pytest

from simulator.beats import Beats
from simulator.clock import MONDAY_MORNING, Clock
from simulator.schedule import NeverQuietError, Schedule


class Worker:
    """Works at given moments, and writes down when it did."""

    def __init__(self, clock, *after_s, every_s=None):
        self.clock = clock
        self.moments = [MONDAY_MORNING + timedelta(seconds=seconds) for seconds in after_s]
        self.every_s = every_s
        self.worked = []

    def next_due(self):
        return min(self.moments, default=None)

    def run_due(self):
        due = [moment for moment in self.moments if moment <= self.clock.now()]
        self.moments = [moment for moment in self.moments if moment not in due]
        self.worked += due
        if due and self.every_s:
            self.moments.append(self.clock.now() + timedelta(seconds=self.every_s))
        return len(due)


class Eager(Worker):
    """Is always due right now, as a house with something in its outbox says it is."""

    def next_due(self):
        return self.clock.now() if not self.worked else None

    def run_due(self):
        self.worked.append(self.clock.now())
        return 1


def seconds(worker):
    return [(moment - MONDAY_MORNING).total_seconds() for moment in worker.worked]


def test_the_clock_stops_at_everything_that_is_due_on_the_way():
    clock = Clock()
    first, second = Worker(clock, 5, 20), Worker(clock, 10, 40)

    Schedule(clock, lambda: {"first": first, "second": second}, Beats()).run_until(
        MONDAY_MORNING + timedelta(seconds=30)
    )

    assert seconds(first) == [5, 20]
    assert seconds(second) == [10]
    assert clock.now() == MONDAY_MORNING + timedelta(seconds=30)


def test_quiet_means_that_nothing_is_due_within_ten_minutes():
    clock = Clock()
    worker = Worker(clock, 5, 500, 3_600)

    Schedule(clock, lambda: {"worker": worker}, Beats()).run_until_quiet()

    assert seconds(worker) == [5, 500]
    assert clock.now() == MONDAY_MORNING + timedelta(seconds=500)


def test_work_without_end_is_not_waited_for():
    clock = Clock()
    restless = Worker(clock, 0, every_s=60)

    with pytest.raises(NeverQuietError):
        Schedule(clock, lambda: {"restless": restless}, Beats()).run_until_quiet()


def test_who_is_due_now_works_on_a_flowing_clock_too():
    clock = Clock()
    clock.flow()
    eager = Eager(clock)

    assert Schedule(clock, lambda: {"eager": eager}, Beats()).run_due() == 1


class Idle(Worker):
    """Says that it is due, and does nothing about it."""

    def run_due(self):
        return 0


@pytest.mark.parametrize("verb", ["run_until_quiet", "run_until"])
def test_work_that_is_due_and_never_done_is_an_error_not_an_endless_loop(verb):
    clock = Clock()
    schedule = Schedule(clock, lambda: {"idle": Idle(clock, 5)}, Beats())

    with pytest.raises(NeverQuietError, match="there is still work due at once"):
        getattr(schedule, verb)(*([MONDAY_MORNING + timedelta(hours=1)] if verb == "run_until" else []))
