"""A region on a clock that the test moves, and a client that talks to its doors without a socket."""

import random
import uuid
from datetime import UTC, datetime, timedelta

import pytest
import requests
from werkzeug.test import Client, TestResponse

from fake_amplitude import FakeAmplitude

START = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)


class Clock:
    def __init__(self):
        self.moment = START

    def __call__(self):
        return self.moment

    def advance(self, **duration):
        self.moment += timedelta(**duration)

    @property
    def ms(self):
        return int(self.moment.timestamp() * 1000)


class Amplitude:
    """A fake, one project of it, and short ways to say what a test says often."""

    def __init__(self, *, region="US", limits="off", seed=1, clock=None, switches=None):
        self.clock = clock or Clock()
        luck = random.Random(seed)  # noqa: S311 - luck, not secrecy
        self.session = requests.Session()
        self.session.trust_env = False
        self.fake = FakeAmplitude(
            region=region,
            now=self.clock,
            ids=lambda: str(uuid.UUID(int=luck.getrandbits(128), version=4)),
            random=random.Random(seed),  # noqa: S311 - luck, not secrecy
            session=self.session,
            limits=limits,
            switches=switches,
        )
        self.project = self.fake.create_project("Main")
        self.client = Client(self.fake)

    @property
    def auth(self):
        return (self.project.api_key, self.project.secret_key)

    def upload(self, *events, path="/2/httpapi", **more) -> TestResponse:
        body = {"api_key": self.project.api_key, "events": list(events), **more}
        return self.client.post(path, json=body)

    def get(self, path, **query) -> TestResponse:
        return self.client.get(path, query_string=query, auth=self.auth)

    def post(self, path, body) -> TestResponse:
        return self.client.post(path, json=body, auth=self.auth)

    @property
    def warehouse(self):
        return self.fake.world.state.warehouses[self.project.id]

    def run_until_quiet(self, until=timedelta(hours=1)):
        end = self.clock.moment + until
        self.fake.run_due()
        while (due := self.fake.next_due()) is not None and due <= end:
            self.clock.moment = max(self.clock.moment, due)
            self.fake.run_due()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def amplitude(clock):
    made = Amplitude(clock=clock)
    yield made
    made.session.close()


@pytest.fixture
def documented(clock):
    made = Amplitude(limits="documented", clock=clock)
    yield made
    made.session.close()


@pytest.fixture
def another():
    made = []

    def make(**options):
        made.append(Amplitude(**options))
        return made[-1]

    yield make
    for each in made:
        each.session.close()


def event(event_type="Play", **fields):
    return {"event_type": event_type, "user_id": "user-1", "device_id": "device-1", **fields}


@pytest.fixture(name="event")
def event_fixture():
    return event
