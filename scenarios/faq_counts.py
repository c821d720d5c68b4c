"""Why the segment counts differently than the cohort: the FAQ's question, with every user accounted for.

A cohort of people who completed two lessons in the last thirty days is synced from Amplitude to OneSignal, once.
Amplitude counts people; OneSignal counts the subscribed devices of people whom it knows under the same id. The story
reads both services over HTTP, puts each member of the cohort into exactly one row, and adds up to OneSignal's number.
"""

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.moving_in import LESSON, move_in
from simulator.population import USUAL, Population

COHORT = "Power users"
LESSONS = 2


def play(
    simulation: Simulation,
    *,
    users: int = 2_000,
    bystanders: float = 0.1,
    devices: tuple[float, ...] = USUAL.devices,
    anonymous: float = USUAL.anonymous,
    absent: float = USUAL.absent,
    misspelt: float = USUAL.misspelt,
    without_subscription: float = USUAL.without_subscription,
    unsubscribed: float = USUAL.unsubscribed,
    unsubscribed_device: float = USUAL.unsubscribed_device,
) -> Ending:
    """Sync a cohort of `users` people once, among a share of `bystanders`, and account for the difference."""
    population = Population(
        devices=devices,
        anonymous=anonymous,
        absent=absent,
        misspelt=misspelt,
        without_subscription=without_subscription,
        unsubscribed=unsubscribed,
        unsubscribed_device=unsubscribed_device,
    )
    require(0, users=users, bystanders=bystanders)
    simulation.connect()
    cohort_id = simulation.behavioural_cohort(COHORT, LESSON, at_least=LESSONS, within_days=30)
    crowd = users + round(users * bystanders)
    people = simulation.narrate("people move in", population.people(crowd, simulation.luck("people")), crowd)
    move_in(simulation, people, lessons=lambda person: LESSONS if person.number < users else LESSONS - 1)

    simulation.sync(cohort_id, "one-time")
    simulation.run_until_quiet()

    segment_id = simulation.onesignal_reader().segment_id(COHORT)
    account = counting.count(simulation, cohort_id, segment_id)
    return counting.ending(
        account,
        (
            Check("the cohort holds the people who learned enough", account.cohort.users == users, f"{users:,} wanted"),
            *counting.checks(account, cohort_size=simulation.amplitude_reader().cohort(cohort_id)[1]),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )
