"""Log in first, then add the e-mail address: the other way round the address stays nobody's.

An address that is subscribed before the login hangs on the anonymous user of that moment. The phone moves to the user
who logs in, the address does not. Both people are in the cohort, both can be found by push, and only the one whose app
called in the right order can be written to by e-mail.
"""

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone

COHORT = "Readers"


def play(simulation: Simulation, *, right: int = 3, wrong: int = 2) -> Ending:
    """Let some apps log in first and some add the address first; everybody has an account already."""
    require(1, right=right, wrong=wrong)
    simulation.connect()
    for number in range(right + wrong):
        _open_the_app(simulation, number, logs_in_first=number < right)
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id)
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    account = counting.count(simulation, cohort_id, segment_id)
    addresses = [channel for channel in simulation.onesignal_reader().channels() if channel.type == "Email"]
    orphans = [channel for channel in addresses if not channel.external_id]
    return counting.ending(
        account,
        (
            Check("every phone is found", account.reachable.users == right + wrong, f"{account.reachable.users}"),
            Check(
                "only addresses that were added after the login belong to somebody",
                len(orphans) == wrong and len(addresses) == right + wrong,
                f"{len(orphans)} of {len(addresses)} addresses are nobody's",
            ),
            Check(
                "the segment has one channel more for each right order",
                account.segment.subscriptions == 2 * right + wrong,
                f"{account.segment.subscriptions} channels of {right + wrong} people",
            ),
            *counting.checks(account, cohort_size=right + wrong),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )


def _open_the_app(simulation: Simulation, number: int, *, logs_in_first: bool) -> None:
    who, address = f"reader-{number:02}", f"reader{number}@example.com"
    learn(simulation, who)
    simulation.onesignal_api().post(f"/apps/{simulation.app.id}/users", {"identity": {"external_id": who}})
    device = phone(simulation, None, device=f"phone of {who}")
    if logs_in_first:
        device.login(who)
        device.add_email(address)
    else:
        device.add_email(address)
        device.login(who)
