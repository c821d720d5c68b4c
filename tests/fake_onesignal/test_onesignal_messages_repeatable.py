"""The same seed gives the same events, in this process and in another one."""

import subprocess
import sys

STORY = """
from datetime import UTC, datetime
from random import Random
from uuid import UUID
import requests
from werkzeug.test import Client
from fake_onesignal import FakeOneSignal, Refused, Accepted

class Carrier:
    luck = Random(3)
    def carry(self, envelope):
        return Refused("UNREGISTERED") if self.luck.random() < 0.2 else Accepted(delivered=True)

random = Random(7)
fake = FakeOneSignal(
    now=lambda: datetime(2026, 3, 2, tzinfo=UTC),
    ids=lambda: str(UUID(int=random.getrandbits(128), version=4)),
    random=random, session=requests.Session(), carrier=Carrier(),
)
app = fake.create_app("Shop")
client = Client(fake)
for number in range(40):
    subscriptions = [{"type": type_, "token": f"{type_}{number}"} for type_ in ("iOSPush", "Email", "ChromePush")]
    body = {"identity": {"external_id": f"user-{number}"}, "subscriptions": subscriptions}
    client.post(f"/apps/{app.id}/users", json=body)
key = {"Authorization": f"Key {app.rest_api_key}"}
for body in (
    {"included_segments": ["All"], "contents": {"en": "Hello"}},
    {"include_aliases": {"external_id": [f"user-{n}" for n in range(9)]}, "target_channel": "email",
     "email_subject": "a", "email_body": "b"},
):
    assert client.post("/notifications", json=body | {"app_id": app.id}, headers=key).json["id"]
fake.run_due()
assert len(fake.message_events(app.id)) > 90
print(fake.fingerprint())
"""


def told(seed_of_hashes: str) -> str:
    command = [sys.executable, "-c", STORY]
    environment = {"PYTHONHASHSEED": seed_of_hashes, "PYTHONPATH": ":".join(sys.path)}
    return subprocess.run(command, env=environment, check=True, capture_output=True, text=True).stdout  # noqa: S603


def test_the_same_seed_gives_the_same_world_in_another_process():
    assert told("1") == told("2")
