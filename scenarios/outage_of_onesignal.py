"""OneSignal is down while people enter and leave a cohort every hour: the segment stands still, then it catches up.

Amplitude's hourly syncs are taken by the bridge all the while. Whoever entered and left again during the outage must
not be left behind in the segment, and whoever left and came back must not be missing.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation
from simulator.disturbances import Failing
from simulator.errors import require
from simulator.laws import come_to_rest, laws
from simulator.moving_in import move_in
from simulator.occasions import always
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import change_plan

COHORT = "Paying customers"


def play(simulation: Simulation, *, people: int = 12, hours: int = 4) -> Ending:
    """Let every third person enter and every third leave in each hour of an outage."""
    require(3, people=people)
    require(1, hours=hours)
    simulation.connect()
    crowd = list(EVERYBODY_IS_REACHED.people(people, simulation.luck("people")))
    move_in(simulation, crowd, lessons=lambda _: 1)
    for person in crowd[::2]:
        change_plan(simulation, person.external_id, "pro")
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    simulation.run_for(timedelta(minutes=30))
    before = _members(simulation)

    simulation.network.disturb(Failing(503, retry_after_s=120), always().to("api.onesignal.com"))
    for hour in range(hours):
        for person in crowd[hour % 3 :: 3]:
            change_plan(simulation, person.external_id, "pro" if (person.number + hour) % 2 else "free")
        simulation.run_for(timedelta(hours=1))
    during, waiting = _members(simulation), simulation.bridge.status().connections[0].cohorts.waiting
    simulation.network.calm()
    calm = come_to_rest(simulation)
    simulation.run_for(timedelta(hours=2))
    return Ending(
        checks=(
            Check("the segment stood still during the outage", during == before, f"{len(during)} people"),
            Check("the bridge kept the changes", waiting > 0, f"{waiting} changes waiting after {hours} h"),
            Check(
                "the segment moved afterwards", _members(simulation) != before, f"{len(_members(simulation))} people"
            ),
            *laws(simulation, {COHORT: cohort_id}, calm=calm),
        ),
        cohort_id=cohort_id,
        segment_id=simulation.onesignal_reader().segment_id(COHORT),
    )


def _members(simulation: Simulation) -> set[str]:
    return {channel.external_id for channel in simulation.onesignal_reader().channels(COHORT)}
