"""A week as marketers live it: a push a day to a segment that is synced every hour, while people come, go, and click.

Every day some people change their plan, a push goes to whoever is in the segment then, and people confirm and click it
or have uninstalled the app. At the end of the week every law holds: each event arrived exactly once under its own
user, the segment is the cohort, and both services count the same clicks.
"""

import random
from datetime import timedelta

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.laws import laws
from simulator.moving_in import move_in
from simulator.population import USUAL, Person
from simulator.recipients import Attention
from simulator.somebody import PLAN_CHANGED, push

COHORT = "Pro plan"
REMEMBERED = 28  # days; OneSignal forgets a message after thirty


def play(
    simulation: Simulation,
    *,
    people: int = 60,
    days: int = 7,
    confirmed: float = 0.7,
    clicked: float = 0.2,
    uninstalled: float = 0.02,
) -> Ending:
    """Send a push a day for some days, with changing plans, and hold the week against the laws."""
    require(1, people=people)
    require(1, REMEMBERED, days=days)
    simulation.connect()
    simulation.recipients.attention = Attention(confirmed=confirmed, clicked=clicked, uninstalled=uninstalled)
    crowd = list(USUAL.people(people, simulation.luck("people")))
    move_in(simulation, crowd, lessons=lambda _: 1)
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    luck = simulation.luck("week")
    messages = [_day(simulation, crowd, number, luck) for number in range(days)]
    simulation.run_for(timedelta(hours=3))
    simulation.run_until_quiet()

    reader = simulation.onesignal_reader()
    reached = [reader.statistics(message)["successful"] or 0 for message in messages if message]
    return Ending(
        checks=(
            Check("messages were sent", sum(reached) > 0, f"{reached} reached in {days} days"),
            *laws(simulation, {COHORT: cohort_id}),
        ),
        cohort_id=cohort_id,
        segment_id=reader.segment_id(COHORT),
    )


def _day(simulation: Simulation, crowd: list[Person], number: int, luck: random.Random) -> str:
    """Live one day: plans change in the morning, the push goes out at noon."""
    for person in luck.sample(crowd, k=max(1, len(crowd) // 3)):
        _change_plan(simulation, person, luck.choice(("pro", "pro", "free")))
    simulation.run_for(timedelta(hours=3))
    message = ""
    if simulation.onesignal_reader().segment_id(COHORT):
        message = push(simulation, f"Day {number + 1}", included_segments=[COHORT])
    simulation.run_for(timedelta(hours=21))
    return message


def _change_plan(simulation: Simulation, person: Person, plan: str) -> None:
    who = {"user_id": person.amplitude_user_id} if person.amplitude_user_id else {"device_id": person.phone}
    event = {**who, "event_type": PLAN_CHANGED, "user_properties": {"plan": plan}}
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})
