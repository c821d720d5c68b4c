"""Storms: the same seed is the same storm, the laws hold after each, and a failing one is made small."""

import pytest

from simulator.storm import Aftermath, Gust, shrink, storm
from simulator.story import Check


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_a_storm_every_law_holds(seed):
    aftermath = storm(seed, people=8)

    assert aftermath.gusts
    assert [check for check in aftermath.checks if not check.holds] == [], aftermath.again


def test_the_same_seed_is_the_same_storm():
    assert storm(5, people=5) == storm(5, people=5)


def test_a_failing_storm_is_reduced_to_the_fewest_people_and_gusts_that_still_fail():
    guilty = Gust("answer lost", "bridge.test", 0.2)
    innocent = Gust("slow", "api.onesignal.com", 0.1)

    def again(seed, *, people, gusts):
        breaks = guilty in gusts and people >= 3
        checks = (Check("a law", not breaks, ""),)
        return Aftermath(seed, people, gusts, checks, exchanges=0, digest="")

    smallest = shrink(again(7, people=20, gusts=(innocent, guilty, innocent)), again)

    assert (smallest.people, smallest.gusts) == (3, (guilty,))
    assert smallest.again == "simulator storm --seeds 1 --first 7 --people 3"
