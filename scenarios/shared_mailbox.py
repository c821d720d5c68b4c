"""Two people, one address: a cohort that is mapped by e-mail counts both, and OneSignal has one user.

Families and offices share mailboxes. Where the mapped property is the address, everybody who has it becomes the same
external id. And when one of them leaves the cohort, the address must stay, because the other one is still in it.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import PLAN_CHANGED, phone

COHORT = "Pro plan"


def play(simulation: Simulation, *, mailboxes: int = 3, people_each: int = 2) -> Ending:
    """Sync people who share mailboxes, then let one of each mailbox leave."""
    require(1, mailboxes=mailboxes)
    require(2, people_each=people_each)
    simulation.connect(mapped_property="email")
    people = [(box, number) for box in range(mailboxes) for number in range(people_each)]
    for box, number in people:
        _set_plan(simulation, box, number, "pro")
    for box in range(mailboxes):
        phone(simulation, _address(box))
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    simulation.run_until_quiet()
    reader = simulation.onesignal_reader()
    segment_id = reader.segment_id(COHORT)
    account = counting.count(simulation, cohort_id, segment_id, mapped_property="email")

    for box in range(mailboxes):
        _set_plan(simulation, box, 0, "free")
    simulation.run_for(timedelta(hours=3))
    afterwards = counting.count(simulation, cohort_id, segment_id, mapped_property="email")
    return counting.ending(
        account,
        (
            Check(
                "every further person of a mailbox shares its value, A43",
                account.codes == {"A43": mailboxes * (people_each - 1)},
                f"{account.codes}",
            ),
            Check(
                "one leaves, the address stays",
                afterwards.reachable.users == mailboxes == afterwards.segment.subscriptions,
                f"{afterwards.segment.subscriptions} of {mailboxes} mailboxes",
            ),
            *counting.checks(account, cohort_size=len(people)),
            *counting.checks(afterwards, cohort_size=len(people) - mailboxes),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )


def _address(box: int) -> str:
    return f"mailbox{box}@example.com"


def _set_plan(simulation: Simulation, box: int, number: int, plan: str) -> None:
    event = {
        "user_id": f"person-{box:02}-{number:02}",
        "event_type": PLAN_CHANGED,
        "user_properties": {"plan": plan, "email": _address(box)},
    }
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})
