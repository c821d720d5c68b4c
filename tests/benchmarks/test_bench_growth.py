"""How cost grows: a cohort sync, and the whole of faq_counts, per user at two sizes in one run."""

import time

import pytest

from simulator import Simulation
from simulator.moving_in import LESSON, move_in
from simulator.population import USUAL
from simulator.story import story

MEMBERS = 10_000
SMALL, LARGE = 5_000, 100_000
GROWTH_MAX = 1.3


@pytest.mark.slow
@pytest.mark.benchmark(group="a cohort sync")
def test_a_cohort_sync_of_10_000(benchmark):
    def a_town():
        street = Simulation(7)
        street.connect()
        cohort_id = street.behavioural_cohort("Everybody", LESSON, at_least=1, within_days=30)
        move_in(street, USUAL.people(MEMBERS, street.luck("people")), lessons=lambda _: 1)
        return (street, cohort_id), {}

    def sync(street, cohort_id):
        street.sync(cohort_id, "one-time")
        street.run_until_quiet()
        return street.onesignal_reader().segment_count(street.onesignal_reader().segment_id("Everybody"))

    assert benchmark.pedantic(sync, setup=a_town, rounds=3) > MEMBERS


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.benchmark(group="faq_counts")
def test_a_user_costs_the_same_in_a_town_and_in_a_city(benchmark):
    def cost_per_user(users):
        began = time.process_time()
        assert story("faq_counts").play(Simulation(7), users=users).holds
        return (time.process_time() - began) / users

    cost_per_user(SMALL)  # names and imports are warm from here on
    small = cost_per_user(SMALL)
    large = benchmark.pedantic(cost_per_user, args=(LARGE,), rounds=1)
    benchmark.extra_info["cost per user at 100,000 / at 5,000"] = round(large / small, 2)
    assert large / small <= GROWTH_MAX
