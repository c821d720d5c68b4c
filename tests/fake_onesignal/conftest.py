"""One fake OneSignal with a clock that stands still until it is moved, one app, and a caller with its key."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

import pytest
import requests
from onesignal_caller import Caller, Clock
from onesignal_messaging import ChoosyCarrier, Shop
from onesignal_official import DefaultApi, onesignal
from onesignal_sockets import served
from onesignal_web_sdk import WebSdk
from onesignal_witness import Witness

from fake_onesignal import FakeOneSignal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_onesignal.records import App


def seeded_ids(random: Random) -> Callable[[], str]:
    return lambda: str(UUID(int=random.getrandbits(128), version=4))


@pytest.fixture(autouse=True)
def witness(monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Iterator[Witness]:
    """Every answer of every fake, through a socket or not, is what the vendor could have said.

    A test that `operations.txt` names as the proof of an operation sees it at work.
    """
    witness = Witness()
    monkeypatch.setattr(FakeOneSignal, "__call__", witness.at(FakeOneSignal.__call__))
    yield witness
    assert not witness.complaints, "\n".join(witness.complaints)
    assert not witness.unproved(request.node.originalname)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def new_fake(clock: Clock) -> Callable[..., FakeOneSignal]:
    """Makes a fake; two made with the same arguments are the same world."""

    def make(**options: Any) -> FakeOneSignal:
        random = Random(7)  # noqa: S311 - a seed, not a secret
        options.setdefault("session", requests.Session())
        return FakeOneSignal(now=clock, ids=seeded_ids(random), random=random, **options)

    return make


@pytest.fixture
def fake(new_fake: Callable[..., FakeOneSignal]) -> FakeOneSignal:
    return new_fake()


@pytest.fixture
def base_url(fake: FakeOneSignal) -> Iterator[str]:
    """The fake behind a real socket."""
    with served(fake) as url:
        yield url


@pytest.fixture
def app(fake: FakeOneSignal) -> App:
    return fake.create_app("Corner shop")


@pytest.fixture
def official(fake: FakeOneSignal, app: App, base_url: str) -> Iterator[DefaultApi]:
    """The official Python client over a real socket, with the keys of the app and of its organization."""
    configuration = onesignal.Configuration(
        host=base_url, rest_api_key=app.rest_api_key, organization_api_key=fake.organization_api_key
    )
    with onesignal.ApiClient(configuration) as client:
        yield DefaultApi(client)


@pytest.fixture
def call(fake: FakeOneSignal, app: App) -> Caller:
    """Calls with the app's REST API key."""
    return Caller(fake, app.rest_api_key)


@pytest.fixture
def sdk(fake: FakeOneSignal) -> Caller:
    """Calls as an SDK does: without any key."""
    return Caller(fake, None)


@pytest.fixture
def browser(base_url: str, app: App) -> WebSdk:
    """A browser with the web SDK, on a page of another origin."""
    return WebSdk(base_url, app.id)


@pytest.fixture
def new_shop(new_fake: Callable[..., FakeOneSignal]) -> Callable[..., Shop]:
    """Makes an app that sends messages through a carrier which can be told to refuse."""

    def make(**options: Any) -> Shop:
        carrier = ChoosyCarrier()
        fake = new_fake(carrier=carrier, **options)
        app = fake.create_app("Corner shop")
        return Shop(fake, app, call=Caller(fake, app.rest_api_key), sdk=Caller(fake, None), carrier=carrier)

    return make


@pytest.fixture
def shop(new_shop: Callable[..., Shop]) -> Shop:
    return new_shop()
