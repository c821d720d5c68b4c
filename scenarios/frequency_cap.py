"""Too many campaigns in a day: the frequency cap keeps messages back, and Amplitude hears nothing of it.

OneSignal counts who was spared as capped. There is no event for it, so that in Amplitude a campaign that nobody got
looks like a campaign that nobody was meant to get.
"""

from simulator import Check, Ending, Simulation, delivery
from simulator.errors import require
from simulator.somebody import learn, phone, push


def play(simulation: Simulation, *, people: int = 5, campaigns: int = 4, cap: int = 2) -> Ending:
    """Send some campaigns in one morning under a cap of so many pushes a day."""
    require(1, people=people, campaigns=campaigns, cap=cap)
    simulation.connect()
    for number in range(people):
        learn(simulation, f"customer-{number:02}")
        phone(simulation, f"customer-{number:02}")
    simulation.onesignal.messaging.set_frequency_cap(simulation.app.id, messages_max=cap)
    messages = []
    for number in range(campaigns):
        messages.append(push(simulation, f"Campaign {number + 1}"))
        simulation.run_until_quiet()

    reader = simulation.onesignal_reader()
    sent = sum(reader.statistics(message)["successful"] for message in messages)
    rows = simulation.amplitude_reader().exported(simulation.began, simulation.clock.now())
    told = sum(row["event_type"] == "Push Pending Delivery" for row in rows)
    capped = sum(note.count for note in delivery.notes(simulation) if note.code == "B22")
    within = people * min(cap, campaigns)
    return Ending(
        checks=(
            Check("nobody gets more than the cap allows", sent == within, f"{sent} of {people * campaigns} sent"),
            Check("Amplitude hears of those that were sent", told == sent, f"{told} events"),
            Check(
                "the rest is counted as capped, B22, and is no event",
                capped == people * campaigns - within,
                f"{capped} spared",
            ),
        )
    )
