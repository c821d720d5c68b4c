"""OneSignal does not slow down as it fills: the 100,000th user costs what the 1,000th did."""

from datetime import UTC, datetime
from io import BytesIO
from random import Random
from statistics import median
from time import process_time
from uuid import UUID

import orjson
import pytest
import requests

from fake_onesignal import FakeOneSignal

USERS = 100_000
BURST, BURSTS = 20, 250
RATIO_MAX = 1.3


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_100000th_user_costs_what_the_1000th_did():
    small, large = Town(), Town()
    small.grow(500)
    large.grow(USERS - BURST * BURSTS)

    # turn by turn, so that every good or bad moment of the machine is one of both towns, and drops out of the ratio
    turns = [(small.grow(BURST), large.grow(BURST)) for _ in range(BURSTS)]
    ratio = median(late / early for early, late in turns)

    assert (small.users, large.users) == (BURST * BURSTS + 500, USERS)
    assert ratio <= RATIO_MAX, f"{ratio:.2f}"


class Town:
    """One OneSignal with one app, whose users are registered one by one."""

    def __init__(self):
        random = Random(7)  # noqa: S311 - a seed, not a secret
        self.fake = FakeOneSignal(
            now=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC),
            ids=lambda: str(UUID(int=random.getrandbits(128), version=4)),
            random=random,
            session=requests.Session(),
        )
        self.app = self.fake.create_app("Corner shop", plan="growth")
        self.users = 0

    def grow(self, number):
        """Register so many; answers what that took of the processor, in seconds."""
        bodies = [body(self.users + more) for more in range(number)]
        began = process_time()  # other programs on the machine do not count
        for one in bodies:
            post(self.fake, f"/apps/{self.app.id}/users", f"Key {self.app.rest_api_key}", one)
        self.users += number
        return process_time() - began


def body(number):
    """One user as a shop registers them: a phone, and every other one an e-mail address."""
    subscriptions = [{"type": "AndroidPush", "token": f"token-{number}", "device_os": "15", "app_version": "4.2"}]
    if number % 2:
        subscriptions.append({"type": "Email", "token": f"{number}@shop.test"})
    return orjson.dumps(
        {
            "identity": {"external_id": f"user-{number}"},
            "properties": {"language": "en", "tags": {"level": str(number % 7)}},
            "subscriptions": subscriptions,
        }
    )


def post(fake, path, key, sent):
    """Call the WSGI callable as a server does, without the server."""
    statuses = []
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": path,
        "QUERY_STRING": "",
        "SERVER_NAME": "api.onesignal.com",
        "SERVER_PORT": "443",
        "SERVER_PROTOCOL": "HTTP/1.1",
        "HTTP_AUTHORIZATION": key,
        "CONTENT_TYPE": "application/json",
        "CONTENT_LENGTH": str(len(sent)),
        "wsgi.input": BytesIO(sent),
        "wsgi.url_scheme": "https",
    }
    b"".join(fake(environ, lambda status, _: statuses.append(status)))
    assert statuses == ["201 CREATED"]
