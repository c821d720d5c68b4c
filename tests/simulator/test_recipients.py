"""People confirm and click what reaches them, on the clock, through the SDK's own calls."""

from datetime import timedelta

import pytest

from simulator.devices import Sdk
from simulator.errors import WrongUsageError
from simulator.recipients import Attention

PUSH = {"included_segments": ["Total Subscriptions"], "contents": {"en": "Hello"}, "target_channel": "push"}


@pytest.fixture
def phones(simulation):
    for number in range(20):
        kind = "SafariPush" if number % 4 == 0 else "AndroidPush"
        Sdk(simulation.onesignal_sdk(), simulation.app.id, type_=kind, token=f"token-{number}").login(f"user-{number}")
    return 20


def send(simulation):
    return simulation.onesignal_api().post("/notifications", {"app_id": simulation.app.id, **PUSH})["id"]


def test_nobody_reacts_unless_told(simulation, phones):
    message = send(simulation)
    simulation.run_until_quiet()

    told = simulation.onesignal_reader().statistics(message)
    assert (told["successful"], told["received"], told["converted"]) == (phones, 0, 0)


def test_who_can_confirm_does_within_25_seconds_and_safari_cannot(simulation, phones):
    """`facts/integration.md` 2.6 B07."""
    simulation.recipients.attention = Attention(confirmed=1.0)
    message = send(simulation)

    simulation.run_for(timedelta(seconds=26))

    assert simulation.onesignal_reader().statistics(message)["received"] == phones * 3 // 4


def test_everybody_clicks_within_half_an_hour(simulation, phones):
    simulation.recipients.attention = Attention(clicked=1.0)
    message = send(simulation)

    simulation.run_for(timedelta(seconds=20))
    early = simulation.onesignal_reader().statistics(message)["converted"]
    simulation.run_for(timedelta(minutes=31))

    assert early == 0
    assert simulation.onesignal_reader().statistics(message)["converted"] == phones


def test_an_uninstalled_app_is_an_error_of_the_carrier(simulation, phones):
    simulation.recipients.attention = Attention(uninstalled=1.0)
    message = send(simulation)
    simulation.run_until_quiet()

    told = simulation.onesignal_reader().statistics(message)
    assert (told["successful"], told["errored"]) == (0, phones)


def test_what_is_no_share_is_refused():
    with pytest.raises(WrongUsageError):
        Attention(clicked=1.5)
