"""OneSignal does not slow down as it fills: the 100,000th user costs what the 1,000th did."""

from datetime import UTC, datetime
from io import BytesIO
from itertools import count
from random import Random
from time import process_time
from uuid import UUID

import orjson
import pytest
import requests

from fake_onesignal import FakeOneSignal

USERS = 100_000
SAMPLE = 1_000
RATIO_MAX = 1.3


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_the_100000th_user_costs_what_the_1000th_did():
    random = Random(7)  # noqa: S311 - a seed, not a secret
    fake = FakeOneSignal(
        now=lambda: datetime(2026, 3, 2, 9, tzinfo=UTC),
        ids=lambda: str(UUID(int=random.getrandbits(128), version=4)),
        random=random,
        session=requests.Session(),
    )
    app = fake.create_app("Corner shop", plan="growth")
    numbers = count()
    path, key = f"/apps/{app.id}/users", f"Key {app.rest_api_key}"

    def create(users):
        bodies = [body(next(numbers)) for _ in range(users)]
        began = process_time()  # other programs on the machine do not count
        for one in bodies:
            post(fake, path, key, one)
        return process_time() - began

    create(SAMPLE // 2)
    early = min(create(SAMPLE) for _ in range(5))
    create(USERS - next(numbers) - 5 * SAMPLE)
    late = min(create(SAMPLE) for _ in range(5))

    assert late / early <= RATIO_MAX, f"{early / SAMPLE * 1e6:.0f} us became {late / SAMPLE * 1e6:.0f} us"


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
