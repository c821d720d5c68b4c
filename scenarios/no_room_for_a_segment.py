"""The plan has no room for another segment: the cohort arrives at OneSignal, and no segment is made of it.

Everything reports success. The cohort is there as a filter, its members are known, and the list of segments shows
nothing. Once a segment is deleted, the next sync that brings somebody makes the missing one.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone

COHORT = "Learners"
SEGMENTS_MAX = 10  # of the plan Growth


def play(simulation: Simulation, *, people: int = 5) -> Ending:
    """Fill the plan with segments, sync a cohort, make room, and let one more person join."""
    require(1, people=people)
    simulation.connect()
    made = [_segment(simulation, number) for number in range(SEGMENTS_MAX)]
    for number in range(people):
        _arrive(simulation, number)
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id, "hourly")
    simulation.run_until_quiet()
    full = counting.count(simulation, cohort_id, simulation.onesignal_reader().segment_id(COHORT))
    status = [run.status for run in simulation.sync_history(cohort_id)]

    simulation.onesignal_api().ask("DELETE", f"/apps/{simulation.app.id}/segments/{made[0]}")
    _arrive(simulation, people)
    simulation.run_for(timedelta(hours=3))
    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    account = counting.count(simulation, cohort_id, segment_id)
    return counting.ending(
        account,
        (
            Check("Amplitude shows the sync as successful", set(status) == {"Successful"}, f"{status}"),
            Check("no segment is made, and the account says why", full.codes == {"A24": people}, f"{full.codes}"),
            Check(
                "with room, the next sync makes it, with everybody in it",
                account.segment.subscriptions == people + 1,
                f"{account.segment.subscriptions} subscriptions",
            ),
            *counting.checks(account, cohort_size=people + 1),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )


def _segment(simulation: Simulation, number: int) -> str:
    filters = [{"field": "country", "relation": "=", "value": f"Q{number}"}]
    return simulation.onesignal.create_segment(simulation.app.id, f"Segment {number}", filters).id


def _arrive(simulation: Simulation, number: int) -> None:
    learn(simulation, f"learner-{number:02}")
    phone(simulation, f"learner-{number:02}")
