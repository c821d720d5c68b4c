"""A tablet that a family shares: whoever logged in last has the device, and the others are out of reach.

OneSignal moves a subscription to the user who logs in. All of the family are in Amplitude's cohort; only the last one
is in the segment. An export from before says where the device went.
"""

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone

COHORT = "The family"


def play(simulation: Simulation, *, family: int = 4, own_phones: int = 1) -> Ending:
    """Let a family take turns on one tablet; the first `own_phones` of them also have a phone of their own."""
    require(1, family=family)
    require(0, own_phones=own_phones)
    simulation.connect()
    people = [f"member-{number:02}" for number in range(family)]
    for who in people[:own_phones]:
        phone(simulation, who)
    tablet = phone(simulation, people[0], device="the tablet")
    exports = [tuple(simulation.onesignal_reader().channels())]
    for who in people:
        learn(simulation, who)
        tablet.login(who)
        simulation.wait(60)
        exports.append(tuple(simulation.onesignal_reader().channels()))
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id)
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    before = tuple(channel for export in exports for channel in export)
    account, _ = counting.examine(simulation, cohort_id, segment_id, clues=counting.Clues(before=before))
    without = max(0, family - 1 - own_phones)
    return counting.ending(
        account,
        (
            Check(
                "whoever has neither tablet nor phone lost the device to another login",
                account.codes.get("A15", 0) == without,
                f"{account.codes.get('A15', 0)} of {family}",
            ),
            Check("everybody else is in the segment", account.reachable.users == family - without, f"{account.codes}"),
            *counting.checks(account, cohort_size=family),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )
