"""What happens every day in a story: a marketer sends a push, somebody changes the plan."""

from typing import Any, Final

from simulator.population import Population
from simulator.simulation import Simulation

PLAN_CHANGED: Final = "Plan Changed"
EVERYBODY_IS_REACHED: Final = Population(
    anonymous=0, absent=0, misspelt=0, without_subscription=0, unsubscribed=0, unsubscribed_device=0
)
_EVERYBODY: Final = {"included_segments": ["Total Subscriptions"]}


def push(simulation: Simulation, text: str = "Hello", **audience: Any) -> str:
    """Send a push to an audience in OneSignal's words, or to everybody; give the message's id."""
    message = {"app_id": simulation.app.id, "contents": {"en": text}, "target_channel": "push"}
    sent: str = simulation.onesignal_api().post("/notifications", message | (audience or _EVERYBODY))["id"]
    return sent


def change_plan(simulation: Simulation, who: str, plan: str) -> None:
    """Let a user's app tell Amplitude of another plan."""
    event = {"user_id": who, "event_type": PLAN_CHANGED, "user_properties": {"plan": plan}}
    body = {"api_key": simulation.project.api_key, "events": [event]}
    simulation.amplitude_ingestion().post("/2/httpapi", body)
