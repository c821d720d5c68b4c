"""One person at a time, for stories about somebody in particular; crowds move in by `moving_in.py`."""

from typing import Any, Final

from simulator.devices import Sdk
from simulator.moving_in import LESSON
from simulator.simulation import Simulation

PLAN_CHANGED: Final = "Plan Changed"


def learn(simulation: Simulation, who: str | None, *, device: str = "", **properties: str) -> None:
    """Let somebody complete a lesson, as an Amplitude SDK tells it; nobody in particular has a device only."""
    identity = {"device_id": device or f"device of {who}"} | ({} if who is None else {"user_id": who})
    event = {"event_type": LESSON, "user_properties": properties, **identity}
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})


def change_plan(simulation: Simulation, who: str, plan: str, **properties: Any) -> None:
    """Let a user's app tell Amplitude of another plan; `properties` are those of the event."""
    event = {"user_id": who, "event_type": PLAN_CHANGED, "user_properties": {"plan": plan}}
    if properties:
        event["event_properties"] = properties
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})


def phone(simulation: Simulation, who: str | None, *, type_: str = "AndroidPush", device: str = "") -> Sdk:
    """Give somebody a device with the OneSignal SDK on it, and log in; nobody in particular stays anonymous."""
    sdk = Sdk(simulation.onesignal_sdk(), simulation.app.id, type_=type_, token=device or f"token of {who}")
    simulation.wait(1)
    if who is not None:
        sdk.login(who)
    return sdk


def push(simulation: Simulation, text: str, **words: Any) -> str:
    """Send a push to everybody, unless `words` say otherwise; give the message's id ("" when nobody was reached)."""
    to_everybody = {} if "include_aliases" in words else {"included_segments": ["Total Subscriptions"]}
    body = {"app_id": simulation.app.id, "target_channel": "push", "name": text, "contents": {"en": text}}
    message: str = simulation.onesignal_api().post("/notifications", body | to_everybody | words)["id"]
    return message


def click(simulation: Simulation, device: Sdk, message: str) -> None:
    """Click a push on a device."""
    body = {"app_id": simulation.app.id, "player_id": device.subscription_id, "opened": True}
    simulation.onesignal_sdk().ask("PUT", f"/notifications/{message}", body)


def cohort_of_learners(simulation: Simulation, name: str) -> str:
    """Make the cohort of everybody who has completed a lesson in the last year; give its id."""
    return simulation.behavioural_cohort(name, LESSON, at_least=1, within_days=365)
