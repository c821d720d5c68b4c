"""Subscription changes are not sent to Amplitude by themselves; the app sends them from the SDK's observer.

Two people turn push off and on again. The one whose app follows the page's advice, and tracks an event of its own in
the observer, is seen in Amplitude; the other one is not.
"""

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.somebody import phone

CHANGED = "Push Subscription Changed"


def play(simulation: Simulation, *, changes: int = 4) -> Ending:
    """Let two people change their minds about push, one of them with an observer."""
    require(1, changes=changes)
    simulation.connect()
    observed, unobserved = (phone(simulation, who) for who in ("observed", "unobserved"))
    observed.add_subscription_observer(
        lambda device, subscribed: _track(simulation, user_id="observed", device_id=device, subscribed=subscribed)
    )
    for number in range(changes):
        for device in (observed, unobserved):
            simulation.wait(2)
            device.opt_out() if number % 2 == 0 else device.opt_in()
    simulation.run_until_quiet()

    reader = simulation.amplitude_reader()
    told = [event["event_properties"]["subscribed"] for event in reader.events_of("observed")]
    silent = reader.events_of("unobserved")
    return Ending(
        checks=(
            Check("nothing about subscriptions is sent by itself", not silent, f"{len(silent)} events"),
            Check(
                "the observer's events tell every change in order",
                told[::-1] == [number % 2 == 1 for number in range(changes)],
                f"{len(told)} events for {changes} changes",
            ),
        )
    )


def _track(simulation: Simulation, *, user_id: str, device_id: str, subscribed: bool) -> None:
    event = {
        "user_id": user_id,
        "device_id": device_id,
        "event_type": CHANGED,
        "time": int(simulation.clock.now().timestamp() * 1000),
        "event_properties": {"subscribed": subscribed},
    }
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})
