"""One phone too many: OneSignal keeps twenty subscriptions of a user, and a further one makes the oldest nobody's.

Somebody who tests apps, or a kiosk account, logs in on phone after phone. Nothing fails: the oldest devices silently
lose their external id, drop out of the cohort's segment, and count as anonymous. Three e-mail addresses and three phone
numbers are spared.
"""

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone

COHORT = "Testers"
KEPT, SPARED = 20, 3


def play(simulation: Simulation, *, phones: int = 23, addresses: int = 1) -> Ending:
    """Log in on one phone after the other, with some e-mail addresses given first."""
    require(1, phones=phones)
    require(0, SPARED, addresses=addresses)
    simulation.connect()
    learn(simulation, "the-tester")
    first = phone(simulation, "the-tester", device="phone 0")
    for number in range(addresses):
        first.add_email(f"tester{number}@example.com")
    for number in range(1, phones):
        simulation.wait(60)
        phone(simulation, "the-tester", device=f"phone {number}")
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id)
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    account, notes = counting.examine(simulation, cohort_id, segment_id)
    orphans = [channel for channel in simulation.onesignal_reader().channels() if not channel.external_id]
    lost = max(0, phones + addresses - KEPT)
    found = [note.count for note in notes if note.code == "A13"]
    return counting.ending(
        account,
        (
            Check("the oldest devices are nobody's", len(orphans) == lost, f"{len(orphans)} of {phones} phones"),
            Check("no address is among them", all(each.type != "Email" for each in orphans), f"{addresses} addresses"),
            Check(
                "the segment counts what is left",
                account.segment.subscriptions == min(KEPT, phones + addresses),
                f"{account.segment.subscriptions} subscriptions",
            ),
            Check("the limit is found by its reason, A13", found == ([1] if lost else []), f"{found}"),
            *counting.checks(account, cohort_size=1),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )
