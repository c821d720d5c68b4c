"""Somebody looks around before logging in: what was sent then is lost to Amplitude, what was done then is not.

Before the login the phone is nobody's in OneSignal, so a push to it counts in OneSignal only. In Amplitude the same
person is an anonymous device that becomes the user at the login, with everything done before: one user, not two.
"""

from simulator import Check, Ending, Simulation, counting, delivery
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone, push

COHORT = "Learners"
LESSONS = 2  # one before the login, one after it


def play(simulation: Simulation, *, people: int = 3) -> Ending:
    """Let people learn and get a push anonymously, then log in and get another one."""
    require(1, people=people)
    simulation.connect()
    devices = {f"visitor-{number:02}": phone(simulation, None, device=f"phone {number}") for number in range(people)}
    for device in devices.values():
        learn(simulation, None, device=device.subscription_id)
    cohort_id = cohort_of_learners(simulation, COHORT)
    strangers = counting.count(simulation, cohort_id, None)
    early = push(simulation, "Welcome, whoever you are")
    simulation.run_until_quiet()
    for who, device in devices.items():
        device.login(who)
        learn(simulation, who, device=device.subscription_id)
    late = push(simulation, "Welcome by name")
    simulation.run_until_quiet()

    sent_early, sent_late = (delivery.account(simulation, message)[0] for message in (early, late))
    members = counting.count(simulation, cohort_id, None)
    return Ending(
        checks=(
            Check("before the login nobody has an id", strangers.codes == {"A02": people}, f"{strangers.codes}"),
            Check(
                "what was sent before the login is in OneSignal only",
                sent_early.onesignal == people and not sent_early.events and sent_early.sum_holds,
                f"{sent_early.onesignal} sent, {len(sent_early.events)} events",
            ),
            Check(
                "what was sent after it is in Amplitude, too",
                len(sent_late.events) == sent_late.onesignal == people,
                f"{sent_late.onesignal} sent, {len(sent_late.events)} events",
            ),
            Check(
                "Amplitude counts one user each, with everything done before",
                members.cohort.users == people and all(_lessons(simulation, who) == LESSONS for who in devices),
                f"{members.cohort.users} users of {people} people",
            ),
        ),
        account=delivery.lines((sent_early, sent_late)),
        cohort_id=cohort_id,
    )


def _lessons(simulation: Simulation, who: str) -> int:
    events = simulation.amplitude_reader().events_of(who)
    return sum(event["event_type"] == "Lesson Completed" for event in events)
