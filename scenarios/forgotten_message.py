"""A click after more than thirty days: OneSignal no longer knows what the message said, and the bridge still does.

Thirty days after a send the fields of a message are blank in the events that follow. The bridge keeps the message's
name and texts from an earlier event, so that the late click lands in Amplitude beside the sending it belongs to.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation, delivery
from simulator.errors import require
from simulator.somebody import click, learn, phone, push

NAME = "Spring sale"


def play(simulation: Simulation, *, people: int = 3, days: int = 31) -> Ending:
    """Send one push, and click it on every phone some days later."""
    require(1, people=people, days=days)
    simulation.connect()
    phones = []
    for number in range(people):
        learn(simulation, f"patient-{number:02}")
        phones.append(phone(simulation, f"patient-{number:02}"))
    message = push(simulation, NAME)
    simulation.run_until_quiet()
    simulation.run_for(timedelta(days=days))
    for device in phones:
        click(simulation, device, message)
    simulation.run_until_quiet()

    rows = list(simulation.amplitude_reader().exported(simulation.began, simulation.clock.now()))
    clicks = [row["event_properties"] for row in rows if row["event_type"] == "Push Clicked"]
    named = sum(properties.get("Message Name") == NAME for properties in clicks)
    found = sum(note.count for note in delivery.notes(simulation) if note.code == "B09")
    is_forgotten = days > 30  # noqa: PLR2004  # as OneSignal documents
    return Ending(
        checks=(
            Check("every click is in Amplitude", len(clicks) == people, f"{len(clicks)} clicks"),
            Check("each with the message's name", named == people, f"{named} named {NAME!r}"),
            Check(
                f"the bridge had to fill it in for {'every' if is_forgotten else 'no'} click, B09",
                found == (people if is_forgotten else 0),
                f"{found} filled in",
            ),
        )
    )
