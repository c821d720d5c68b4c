"""A bridge between two strict receivers, as a test holds it."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import count

import requests
from bridge_vendors import Clock, StrictAmplitude, StrictOneSignal, Wire
from werkzeug.test import Client, TestResponse

from bridge import AmplitudeProject, Bridge, Connection, OneSignalApp, Settings

SECRET = {"Authorization": "Bearer door-secret"}


@dataclass
class World:
    """A bridge between two strict receivers, and the two vendors' own ways to its doors."""

    bridge: Bridge
    clock: Clock
    us: StrictAmplitude
    eu: StrictAmplitude
    onesignal: StrictOneSignal
    wire: Wire
    connection: str = "shop"

    def post(self, path: str, **options: object) -> TestResponse:
        return Client(self.bridge).post(f"/connections/{self.connection}{path}", headers=SECRET, **options)

    def stream(self, **fields: object) -> TestResponse:
        """Post one event as OneSignal's stream does; a field is named with `_` for the first dot."""
        event = {
            "event.kind": "message.push.sent",
            "event.id": "event-1",
            "event.timestamp": 1_773_144_000,
            "event.app_id": "app-1",
            "event.subscription_id": "subscription-1",
            "event.external_id": "user-1",
            "message.id": "message-1",
            "message.name": "Spring",
        }
        event |= {key.replace("_", ".", 1): value for key, value in fields.items()}
        return self.post("/message-events", json=event)

    def open_list(self, name: str = "Power users", cohort_id: str = "c1") -> str:
        answer = self.post("/cohorts/lists", json={"name": f"[Amplitude] {name}: {cohort_id}", "context": {}})
        assert answer.status_code == 200, answer.text
        return str(answer.json["listId"])

    def change(self, list_id: str, operation: str, *users: str) -> TestResponse:
        return self.post(f"/cohorts/lists/{list_id}/{operation}", json={"userIds": list(users), "context": {}})

    def run_until_quiet(self) -> None:
        """Follow `next_due` as an owner does, until nothing is in sight."""
        for _ in range(10_000):
            due = self.bridge.next_due()
            if due is None:
                return
            self.clock.moment = max(self.clock.moment, due)
            self.bridge.run_due()
        raise AssertionError("the bridge never came to rest")


def make_connection(**settings: object) -> Connection:
    defaults: dict[str, object] = {
        "name": "shop",
        "secret": "door-secret",
        "onesignal": OneSignalApp("app-1", "rest-key"),
        "amplitude": AmplitudeProject("amplitude-key"),
    }
    return Connection(**defaults | settings)  # type: ignore[arg-type]


def build_world(*, outbox_url: str = "sqlite://", outbox_maximum: int = 1_000_000, **settings: object) -> World:
    us, eu, onesignal = StrictAmplitude(), StrictAmplitude(("eu-key",)), StrictOneSignal()
    wire = Wire({"api2.amplitude.com": us, "api.eu.amplitude.com": eu, "api.onesignal.com": onesignal})
    clock = Clock()
    bridge = open_bridge(
        wire, clock, Settings((make_connection(**settings),), outbox_url=outbox_url, outbox_maximum=outbox_maximum)
    )
    return World(bridge, clock, us, eu, onesignal, wire)


def open_bridge(wire: Wire, clock: Clock, settings: Settings) -> Bridge:
    session = requests.Session()
    session.trust_env = False
    session.mount("https://", wire)
    numbers = count(1)
    return Bridge(settings, now=clock, ids=lambda: f"list-{next(numbers)}", session=session)
