"""Ghosts: the property that holds the external id is changed after the first sync, and old members stay as they were.

At first the destination maps the e-mail address, because the app logged people in with it. Then the company moves to
its own user ids and changes the mapping. Amplitude sends new members under the new id only: whoever was sent before
stays in the segment under the address, and nothing that happens to them is told any more. The way out is a new
destination.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone

COHORT = "Learners"


def play(simulation: Simulation, *, before: int = 4, after: int = 3) -> Ending:
    """Sync some people under their addresses, change the mapping, and sync some more under their ids."""
    require(1, before=before, after=after)
    simulation.connect(mapped_property="email")
    for number in range(before):
        _arrive(simulation, f"early-{number:02}", logs_in_as="address")
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id, "hourly")
    simulation.run_until_quiet()

    assert simulation.destination is not None
    simulation.amplitude["US"].change_mapping(simulation.destination.id, "user_id")
    for number in range(before):
        phone(simulation, f"early-{number:02}", device=f"new phone of {number}")
    for number in range(after):
        _arrive(simulation, f"late-{number:02}", logs_in_as="id")
    simulation.run_for(timedelta(hours=3))

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    account = counting.count(simulation, cohort_id, segment_id)
    return counting.ending(
        account,
        (
            Check("new members are in the segment", account.reachable.users == after, f"{account.reachable.users}"),
            Check(
                "old members are ghosts: missing under their id, present under their address",
                account.codes == {"A34": 2 * before},
                f"{account.codes}",
            ),
            *counting.checks(account, cohort_size=before + after),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )


def _arrive(simulation: Simulation, who: str, *, logs_in_as: str) -> None:
    address = f"{who}@example.com"
    learn(simulation, who, email=address)
    phone(simulation, address if logs_in_as == "address" else who)
