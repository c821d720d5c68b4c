"""The third flow: what people do in Amplitude's eyes becomes custom events of OneSignal, for journeys to begin with.

Amplitude streams chosen events to the bridge by webhook, and the bridge sends them on. OneSignal answers 202 and says
inside of it who is unknown: those are buried with that reason, once, while everybody else's event is kept. What came
from OneSignal in the first place is not sent back to it.
"""

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.operating import stream_events
from simulator.somebody import phone

CHOSEN = "Checkout Started"
OTHER = "Page Viewed"


def play(simulation: Simulation, *, people: int = 8, strangers: int = 2) -> Ending:
    """Let some people start a checkout, among them `strangers` whom OneSignal never met."""
    require(1, people=people)
    require(0, strangers=strangers)
    simulation.connect()
    stream_events(simulation, event_types=(CHOSEN,), event_properties=("basket",))
    known = [f"shopper-{number:02}" for number in range(people)]
    for who in known:
        phone(simulation, who, type_="iOSPush")
    everybody = [*known, *(f"stranger-{number:02}" for number in range(strangers))]
    for who in everybody:
        _track(simulation, who, OTHER)
        _track(simulation, who, CHOSEN)
    simulation.run_until_quiet()
    return Ending(checks=_checks(simulation, known, strangers=strangers))


def _track(simulation: Simulation, who: str, event_type: str) -> None:
    event = {"user_id": who, "event_type": event_type, "event_properties": {"basket": f"basket of {who}"}}
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})


def _checks(simulation: Simulation, known: list[str], *, strangers: int) -> tuple[Check, ...]:
    kept = simulation.onesignal.messaging.custom_events(simulation.app.id)
    account = simulation.bridge.status().connections[0].custom_events
    baskets = [event.properties.get("basket") for event in kept]
    return (
        Check(
            "every known person's event is at OneSignal, once",
            sorted(event.external_id for event in kept) == known,
            f"{len(kept)} events of {len(known)} people",
        ),
        Check("only the chosen events went", {event.name for event in kept} <= {CHOSEN}, f"no {OTHER!r}"),
        Check(
            "with the chosen property",
            baskets == [f"basket of {event.external_id}" for event in kept],
            f"{baskets[:1]}",
        ),
        Check(
            "whoever OneSignal does not know is buried with a reason",
            sum(account.buried.values()) == strangers,
            f"{account.buried}",
        ),
        Check("nothing is left to send", account.waiting == 0, f"{account.waiting} waiting"),
    )
