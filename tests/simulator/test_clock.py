"""The clock stands, is advanced, and flows."""

from datetime import timedelta

import pytest

from simulator.clock import MONDAY_MORNING, Clock


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
