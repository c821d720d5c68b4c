"""Ten thousand users: the same account as the FAQ's, at a size where a difference of a few people would be lost.

A cohort of ten thousand is synced every hour. Overnight a share of them leaves it and others enter; the next sync
brings exactly those, and the segment is the cohort again for everybody whom OneSignal can reach.
"""

from collections.abc import Iterator
from datetime import timedelta

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.moving_in import move_in
from simulator.population import USUAL, Person
from simulator.somebody import PLAN_CHANGED

COHORT = "Pro plan"


def play(simulation: Simulation, *, users: int = 10_000, leaving: float = 0.1, entering: float = 0.05) -> Ending:
    """Sync `users` people, let shares of them leave and others enter, and account for the segment."""
    require(1, users=users)
    require(0, leaving=leaving, entering=entering)
    simulation.connect()
    newcomers, leavers = round(users * entering), round(users * min(leaving, 1))
    crowd = list(USUAL.people(users + newcomers, simulation.luck("people")))
    move_in(simulation, simulation.narrate("people move in", crowd, len(crowd)), lessons=lambda _: 1)
    _set_plan(simulation, crowd[:users], "pro")
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    simulation.run_until_quiet()

    _set_plan(simulation, crowd[:leavers], "free")
    _set_plan(simulation, crowd[users:], "pro")
    simulation.run_for(timedelta(hours=2))
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    account = counting.count(simulation, cohort_id, segment_id)
    full, entered, left = map(_with_an_id, (crowd[:users], crowd[users:], crowd[:leavers]))
    checks = (
        Check(
            "the cohort holds who stayed and who entered",
            account.cohort.users == users - leavers + newcomers,
            f"{account.cohort.users:,} users",
        ),
        *_synced(simulation, cohort_id, full=full, entered=entered, left=left),
        *counting.checks(account, cohort_size=simulation.amplitude_reader().cohort(cohort_id)[1]),
    )
    return counting.ending(account, checks, cohort_id=cohort_id, segment_id=segment_id)


def _synced(simulation: Simulation, cohort_id: str, *, full: int, entered: int, left: int) -> Iterator[Check]:
    first, *later = simulation.sync_history(cohort_id)
    added, removed = sum(run.added for run in later), sum(run.removed for run in later)
    yield Check("the first sync is full", first.added == full, f"{first.added:,} of {full:,} added")
    yield Check(
        "later syncs bring exactly the difference",
        (added, removed) == (entered, left),
        f"{added:,} added, {removed:,} removed",
    )


def _with_an_id(people: list[Person]) -> int:
    """Count who can be synced at all: whoever has a value in the mapped property."""
    return sum(person.amplitude_user_id is not None for person in people)


def _set_plan(simulation: Simulation, people: list[Person], plan: str) -> None:
    key = simulation.project.api_key
    for first in range(0, len(people), 1_000):
        events = [
            {
                "device_id": f"phone-of-{person.external_id}",
                **({"user_id": person.amplitude_user_id} if person.amplitude_user_id else {}),
                "event_type": PLAN_CHANGED,
                "user_properties": {"plan": plan},
            }
            for person in people[first : first + 1_000]
        ]
        simulation.amplitude_ingestion().post("/batch", {"api_key": key, "events": events})
