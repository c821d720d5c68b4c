"""Data that must stay in the EU: with the box ticked every event reaches the EU project, and the US hears nothing.

Without the box the events of an EU project go to the US endpoint, which knows no such key. The bridge then holds the
connection and says so, in Amplitude's words, instead of throwing events away.
"""

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.somebody import phone, push

NAME = "Push Pending Delivery"


def play(simulation: Simulation, *, people: int = 5, box: bool = True) -> Ending:
    """Send one push to some people of an EU project; `box` is the EU box on OneSignal's side."""
    require(1, people=people)
    simulation.connect("EU", onesignal_region="EU" if box else "US")
    for number in range(people):
        phone(simulation, f"citizen-{number}")
    push(simulation, "Bonjour")
    simulation.run_until_quiet()

    today = simulation.clock.now().date()
    arrived = {
        region: simulation.amplitude_reader(region).count(NAME, measure="totals", start=today, end=today)
        for region in ("US", "EU")
    }
    owed = simulation.bridge.status().connections[0].events
    return Ending(
        checks=(
            Check(
                f"the EU project has {'every push' if box else 'nothing'}",
                arrived["EU"] == (people if box else 0),
                f"{arrived['EU']} events",
            ),
            Check("the US project has none", arrived["US"] == 0, f"{arrived['US']} events"),
            Check(
                "the bridge owes nothing" if box else "the bridge holds every event and says why",
                owed.waiting == (0 if box else people) and (owed.held_because is None) is box,
                f"{owed.waiting} waiting; {owed.held_because or 'nothing is held'}",
            ),
        )
    )
