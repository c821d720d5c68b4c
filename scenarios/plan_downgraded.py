"""The OneSignal plan is downgraded to Free in the middle of a sync: cohorts are refused, message events go on.

On the Free plan an app may not submit cohort updates. Each refused change is buried with OneSignal's own words, the
segment stands still, and Amplitude counts its syncs as successful all the while, for the bridge had taken them. After
the upgrade an operator replays what was buried, and the segment is the cohort again.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.laws import come_to_rest, laws
from simulator.moving_in import move_in
from simulator.operating import replay_buried
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import change_plan, push

COHORT = "Paying customers"
WORDS = "403 App may not submit cohort updates from Amplitude"


def play(simulation: Simulation, *, people: int = 10) -> Ending:
    """Downgrade after the first sync, let half of the people leave, upgrade again, and replay."""
    require(2, people=people)
    simulation.connect()
    crowd = list(EVERYBODY_IS_REACHED.people(people, simulation.luck("people")))
    move_in(simulation, crowd, lessons=lambda _: 1)
    for person in crowd:
        change_plan(simulation, person.external_id, "pro")
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    simulation.run_for(timedelta(minutes=30))
    simulation.onesignal.set_plan(simulation.app.id, "free")
    for person in crowd[::2]:
        change_plan(simulation, person.external_id, "free")
    push(simulation, "Business as usual")
    simulation.run_for(timedelta(hours=3))
    while_refused = _while_refused(simulation, cohort_id, people)

    simulation.onesignal.set_plan(simulation.app.id, "growth")
    simulation.run_for(timedelta(hours=2))
    without_replay = _inside(simulation)
    replayed = replay_buried(simulation, "cohorts")
    calm = come_to_rest(simulation)
    return Ending(
        checks=(
            *while_refused,
            Check("the upgrade alone mends nothing", without_replay == people, f"{without_replay} people"),
            Check("the replay does", _inside(simulation) == people // 2, f"{replayed}"),
            *laws(simulation, {COHORT: cohort_id}, calm=calm),
        ),
        cohort_id=cohort_id,
        segment_id=simulation.onesignal_reader().segment_id(COHORT),
    )


def _while_refused(simulation: Simulation, cohort_id: str, people: int) -> tuple[Check, ...]:
    account, inside = simulation.bridge.status().connections[0], _inside(simulation)
    runs, leavers = simulation.sync_history(cohort_id), people - people // 2
    buried, told = dict(account.cohorts.buried), account.events.delivered
    succeeded = {run.status for run in runs} == {"Successful"} and sum(run.removed for run in runs) == leavers
    return (
        Check("every change was buried in OneSignal's words", buried == {WORDS: leavers}, f"{buried}"),
        Check("the segment stood still", inside == people, f"{inside} people"),
        Check("Amplitude saw nothing but success", succeeded, f"{len(runs)} runs"),
        Check("message events went on", told > 0, f"{told} delivered"),
    )


def _inside(simulation: Simulation) -> int:
    return len({channel.external_id for channel in simulation.onesignal_reader().channels(COHORT)})
