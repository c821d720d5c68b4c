"""How people arrive: their records at OneSignal and what they did at Amplitude, over the vendors' public APIs."""

import random
from collections.abc import Callable, Iterable, Iterator
from typing import Any, Final

from simulator.caller import Caller
from simulator.devices import SDK
from simulator.population import Person, Standing
from simulator.simulation import Simulation

LESSON: Final = "Lesson Completed"
_EVENTS_PER_UPLOAD: Final = 1_000
_SUBSCRIBED: Final = 1
_UNSUBSCRIBED: Final = -2


def move_in(simulation: Simulation, people: Iterable[Person], *, lessons: Callable[[Person], int]) -> None:
    """Let `people` register at OneSignal and complete `lessons` lessons each at Amplitude, within the last day.

    OneSignal is met with one `POST /apps/{id}/users` a person, Amplitude with `POST /batch` uploads of 1,000 events.
    """
    onesignal = simulation.onesignal_api()
    amplitude = simulation.amplitude_ingestion()
    luck = simulation.luck("moving in")
    now_ms = int(simulation.clock.now().timestamp() * 1000)
    waiting: list[dict[str, Any]] = []
    for person in people:
        if person.standing is not Standing.ABSENT:
            onesignal.ask("POST", f"/apps/{simulation.app.id}/users", onesignal_user(person))
        waiting += lessons_completed(person, lessons(person), now_ms=now_ms, luck=luck)
        if len(waiting) >= _EVENTS_PER_UPLOAD:
            _upload(amplitude, simulation.project.api_key, waiting)
            waiting = []
    if waiting:
        _upload(amplitude, simulation.project.api_key, waiting)


def onesignal_user(person: Person) -> dict[str, Any]:
    """Write the body with which a person's backend creates the user (`facts/onesignal-api.md` 4.1).

    The app with its SDK is on every device: only such devices can confirm a delivery (`facts/integration.md` 2.6 B07).
    An anonymous person is met by the SDK only: devices without an external id.
    """
    identity = {} if person.standing is Standing.ANONYMOUS else {"external_id": person.onesignal_external_id}
    return {
        "identity": identity,
        "properties": {
            "language": person.locale.language,
            "country": person.locale.country,
            "timezone_id": person.locale.timezone,
        },
        "subscriptions": [
            {
                "type": device.type,
                "token": device.token,
                "enabled": device.subscribed,
                "notification_types": _SUBSCRIBED if device.subscribed else _UNSUBSCRIBED,
                "sdk": SDK,
            }
            for device in person.devices
        ],
    }


def lessons_completed(person: Person, lessons: int, *, now_ms: int, luck: random.Random) -> Iterator[dict[str, Any]]:
    """Write the events that a person's Amplitude SDK sends; an anonymous person has a device only."""
    device_id = f"{luck.getrandbits(128):032x}"
    for number in range(lessons):
        event: dict[str, Any] = {
            "device_id": device_id,
            "event_type": LESSON,
            "time": now_ms - luck.randrange(1, 86_400_000),
            "insert_id": f"{device_id}-{number}",
            "user_properties": {"email": person.email},
        }
        if person.amplitude_user_id is not None:
            event["user_id"] = person.amplitude_user_id
        yield event


def _upload(amplitude: Caller, api_key: str, events: list[dict[str, Any]]) -> None:
    amplitude.ask("POST", "/batch", {"api_key": api_key, "events": events})
