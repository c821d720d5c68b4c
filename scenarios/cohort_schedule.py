"""How fresh a segment is: the same cohort synced once, hourly, daily and weekly while somebody joins every day.

Each cadence gets a cohort of its own with the same rule. Every day at noon one more person does what the rule asks. The
story ends at midnight, and each segment lags behind the cohort by what its cadence says; a one-time sync never moves.
"""

from datetime import timedelta
from math import ceil
from typing import Final

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.simulation import Cadence
from simulator.somebody import cohort_of_learners, learn, phone

CADENCES: Final[tuple[Cadence, ...]] = ("one-time", "hourly", "daily", "weekly")
REMEMBERED: Final = 13  # days; Amplitude's sync history reaches back fourteen
PERIOD: Final = {"hourly": timedelta(hours=1), "daily": timedelta(days=1), "weekly": timedelta(weeks=1)}


def play(simulation: Simulation, *, days: int = 10, at_first: int = 10) -> Ending:
    """Begin with some people, add one a day, and compare the four segments at the end."""
    require(0, REMEMBERED, days=days)
    require(0, at_first=at_first)
    simulation.connect()
    for number in range(at_first):
        _join(simulation, f"pupil-{number:03}")
    cohorts = {cadence: cohort_of_learners(simulation, f"Pupils, {cadence}") for cadence in CADENCES}
    for cadence, cohort_id in cohorts.items():
        simulation.sync(cohort_id, cadence)
    began = simulation.clock.now()
    for day in range(days):
        simulation.run_for(timedelta(hours=12))
        _join(simulation, f"pupil-{at_first + day:03}")
        simulation.run_for(timedelta(hours=12))
    simulation.run_until_quiet()
    length = simulation.clock.now() - began
    return Ending(
        checks=tuple(
            check
            for cadence, cohort_id in cohorts.items()
            for check in _checks(simulation, cadence, cohort_id, at_first=at_first, days=days, length=length)
        )
    )


def _join(simulation: Simulation, who: str) -> None:
    phone(simulation, who)
    learn(simulation, who)


def _checks(
    simulation: Simulation, cadence: Cadence, cohort_id: str, *, at_first: int, days: int, length: timedelta
) -> tuple[Check, ...]:
    runs = simulation.sync_history(cohort_id)
    reader = simulation.onesignal_reader()
    segment_id = reader.segment_id(f"Pupils, {cadence}")
    counted = reader.segment_count(segment_id) if segment_id else 0
    period = PERIOD.get(cadence)
    expected = 1 if period is None else ceil(length / period)
    lag_max = days if period is None else ceil(period / timedelta(days=1))
    return (
        Check(
            f"{cadence}: the first sync is full, later ones bring only the difference",
            [run.added for run in runs][:1] == [at_first] and sum(run.added for run in runs) == counted,
            f"{[run.added for run in runs if run.added]} added in {len(runs)} runs",
        ),
        Check(
            f"{cadence}: synced as often as the cadence says",
            expected <= len(runs) <= expected + 1,
            f"{len(runs)} runs in {length.days} days",
        ),
        Check(
            f"{cadence}: the segment lags by what the cadence says",
            0 <= at_first + days - counted <= lag_max,
            f"{counted} of {at_first + days} people",
        ),
    )
