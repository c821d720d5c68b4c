"""What Locust's users do: events into Amplitude, users into OneSignal, messages through the bridge."""

import os
import random
import uuid
from itertools import count
from pathlib import Path
from typing import Any, Final

import orjson
from locust import FastHttpUser, constant, task

_READY: Final[dict[str, Any]] = orjson.loads(Path(os.environ["SIMULATOR_READY_FILE"]).read_bytes())
_KEYS: Final[dict[str, Any]] = _READY["credentials"]
_NUMBERS: Final = count(1)
_JSON: Final = {"Content-Type": "application/json"}


class _Driver(FastHttpUser):
    abstract = True
    wait_time = constant(0)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.number = next(_NUMBERS)
        self.luck = random.Random(self.number)  # noqa: S311  # chance for a load, not a secret
        self.turn = count(1)

    def fresh_id(self) -> str:
        return str(uuid.UUID(int=self.luck.getrandbits(128), version=4))

    def send(self, url: str, body: Any, *, name: str, headers: dict[str, str] | None = None) -> None:
        self.client.post(url, data=orjson.dumps(body).decode(), headers=_JSON | (headers or {}), name=name)


class AmplitudeSdk(_Driver):
    """An app that tracks: one event at a time, and now and then a batch of 100."""

    host = _READY["amplitude_us"]
    weight = 2

    def _event(self) -> dict[str, Any]:
        user = f"load-{self.number}-{self.luck.randrange(1000)}"
        return {"user_id": user, "event_type": "Lesson Completed", "insert_id": self.fresh_id()}

    @task(10)
    def track(self) -> None:
        """Send one event."""
        body = {"api_key": _KEYS["amplitude_us"]["api_key"], "events": [self._event()]}
        self.send("/2/httpapi", body, name="amplitude /2/httpapi (1 event)")

    @task(1)
    def track_batch(self) -> None:
        """Send a hundred events."""
        body = {"api_key": _KEYS["amplitude_us"]["api_key"], "events": [self._event() for _ in range(100)]}
        self.send("/batch", body, name="amplitude /batch (100 events)")


class OneSignalBackend(_Driver):
    """A backend that keeps its users up to date."""

    host = _READY["onesignal"]
    weight = 2

    @task
    def create_user(self) -> None:
        """Create a user with a device and an e-mail address."""
        number = f"{self.number}-{next(self.turn)}"
        body = {
            "identity": {"external_id": f"load-{number}"},
            "subscriptions": [
                {"type": "AndroidPush", "token": self.fresh_id(), "enabled": True, "notification_types": 1},
                {"type": "Email", "token": f"load-{number}@example.com", "enabled": True},
            ],
        }
        headers = {"Authorization": f"Key {_KEYS['onesignal']['rest_api_key']}"}
        self.send(f"/apps/{_KEYS['onesignal']['app_id']}/users", body, name="onesignal POST users", headers=headers)


class EventStream(_Driver):
    """OneSignal's event stream, posting message events to the bridge's door."""

    host = _READY["bridge"]
    weight = 2

    @task
    def message_event(self) -> None:
        """Post one push that was sent."""
        at = f"/connections/{_KEYS['bridge']['connection']}/message-events"
        body = {
            "event.kind": "message.push.sent",
            "event.id": self.fresh_id(),
            "event.timestamp": 1_767_600_000 + next(self.turn),
            "event.app_id": _KEYS["onesignal"]["app_id"],
            "event.subscription_device_type": "Android",
            "event.subscription_id": self.fresh_id(),
            "event.external_id": f"load-{self.number}-{self.luck.randrange(1000)}",
            "message.id": self.fresh_id(),
            "message.name": "Load",
            "message.title": {"en": "Hello"},
            "message.contents": {"en": "A message"},
        }
        self.send(
            at, body, name="bridge message-events", headers={"Authorization": f"Bearer {_KEYS['bridge']['secret']}"}
        )
