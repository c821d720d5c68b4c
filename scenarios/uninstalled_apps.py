"""Apps that are gone still count: OneSignal learns of an uninstalled app only by sending, and not at the first time.

The segment shows devices that nobody holds any more. Two pushes to them still count as sent; at the third the provider
says that the app is gone, and the segment shrinks although nobody has left the cohort.
"""

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.recipients import Attention
from simulator.somebody import cohort_of_learners, learn, phone, push

COHORT = "Learners"
UNHEARD_OF = 2


def play(simulation: Simulation, *, people: int = 6, sends: int = 3) -> Ending:
    """Let everybody uninstall the app, and send some pushes to the segment."""
    require(1, people=people, sends=sends)
    simulation.connect()
    for number in range(people):
        learn(simulation, f"learner-{number:02}")
        phone(simulation, f"learner-{number:02}")
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id)
    simulation.run_until_quiet()
    reader = simulation.onesignal_reader()
    segment_id = reader.segment_id(COHORT)
    assert segment_id is not None
    simulation.recipients.attention = Attention(uninstalled=1)
    shown, sent = [reader.segment_count(segment_id)], []
    for number in range(sends):
        message = push(simulation, f"Push {number + 1}", included_segments=[COHORT])
        simulation.wait(3_600)
        sent.append((reader.statistics(message)["successful"] or 0) if message else 0)
        shown.append(reader.segment_count(segment_id))

    account, notes = counting.examine(simulation, cohort_id, segment_id)
    found = [note.count for note in notes if note.code == "A21"]
    expected = [people if number <= UNHEARD_OF else 0 for number in range(sends + 1)]
    return counting.ending(
        account,
        (
            Check("the segment shrinks at the third push", shown == expected, f"{shown} after each push"),
            Check("the pushes before it count as sent", sent[:UNHEARD_OF] == [people] * min(sends, 2), f"{sent}"),
            Check("the devices are found by their reason, A21", sum(found) == people - shown[-1], f"{found}"),
            *counting.checks(account, cohort_size=people),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )
