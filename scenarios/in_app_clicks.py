"""What was clicked in an in-app message: Amplitude hears that, and of which message; what, only the app can tell it.

The page says that shown and clicked carry the message's name only. An app that sends the click action id itself, from
the SDK's click handler, sees in Amplitude which button people chose; an app that does not sees clicks without a button.
"""

from typing import Any

from simulator import Check, Ending, Simulation
from simulator.devices import Sdk
from simulator.errors import require
from simulator.somebody import phone

MESSAGE = "Rate us"
CLICKED = "In-App Message Clicked"
CHOSEN = "In-App Button Chosen"


def play(simulation: Simulation, *, people: int = 6) -> Ending:
    """Show one message to some people, who choose one of two buttons; every second app tells Amplitude which."""
    require(1, people=people)
    simulation.connect()
    message = simulation.onesignal.create_in_app_message(simulation.app.id, name=MESSAGE)
    choices = {f"reader-{number}": ("rate-now", "later")[number // 2 % 2] for number in range(people)}
    telling = list(choices)[::2]
    for who, button in choices.items():
        device = _phone(simulation, who, tells=who in telling)
        device.show_in_app_message(message.id)
        device.click_in_app_message(message.id, button)
    simulation.run_until_quiet()

    reader = simulation.amplitude_reader()
    events = {who: reader.events_of(who) for who in choices}
    named = {"message_type": "in-app", "Message Name": MESSAGE}
    told = {who: _of(events[who], CHOSEN) for who in choices}
    return Ending(
        checks=(
            Check(
                "every impression and click is in Amplitude, with the message's name and nothing else",
                all(_of(events[who], name) == [named] for who in choices for name in ("IAM Displayed", CLICKED)),
                f"{sum(len(_of(events[who], CLICKED)) for who in choices)} clicks of {people} people",
            ),
            Check(
                "the button is known where the app told it, and nowhere else",
                all(told[who] == ([{"button": choices[who]}] if who in telling else []) for who in choices),
                f"{sum(map(len, told.values()))} buttons told by {len(telling)} apps",
            ),
        )
    )


def _phone(simulation: Simulation, who: str, *, tells: bool) -> Sdk:
    device = phone(simulation, who)

    def tell(button: str) -> None:
        event = {"user_id": who, "event_type": CHOSEN, "event_properties": {"button": button}}
        simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})

    if tells:
        device.add_in_app_click_handler(tell)
    return device


def _of(events: list[dict[str, Any]], name: str) -> list[dict[str, Any]]:
    return [event["event_properties"] for event in events if event["event_type"] == name]
