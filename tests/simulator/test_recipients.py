"""People confirm and click what reaches them, on the clock, through the SDK's own calls."""

from datetime import timedelta

import pytest

from simulator.devices import SDK, Sdk
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


def subscribed(simulation):
    reader = simulation.onesignal_reader()
    return reader.segment_count(reader.segment_id("Total Subscriptions"))


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


def test_a_device_that_was_made_over_the_api_has_nothing_to_confirm_with(simulation):
    """`facts/integration.md` 2.6 B07."""
    simulation.recipients.attention = Attention(confirmed=1.0)
    for who, sdk in (("anna", ""), ("ben", SDK)):
        phone = {"type": "AndroidPush", "token": f"token-{who}", "sdk": sdk}
        body = {"identity": {"external_id": who}, "subscriptions": [phone]}
        simulation.onesignal_api().post(f"/apps/{simulation.app.id}/users", body)
    message = send(simulation)

    simulation.run_for(timedelta(seconds=26))

    rows = simulation.onesignal_reader().audience_activity(message)
    assert [row["external_user_id"] for row in rows if row["delivered"] == "true"] == ["ben"]


def test_an_uninstalled_app_counts_until_the_third_push(simulation, phones):
    """`facts/integration.md` 2.5 A21: the segment is too high until then."""
    simulation.recipients.attention = Attention(confirmed=1.0, clicked=1.0, uninstalled=1.0)
    told = []
    for _ in range(3):
        message = send(simulation)
        counted = subscribed(simulation)
        simulation.run_until_quiet()
        told.append((counted, simulation.onesignal_reader().statistics(message)))
    after = subscribed(simulation)

    assert [(count, seen["successful"], seen["failed"]) for count, seen in told] == [
        (phones, phones, 0),
        (phones, phones, 0),
        (phones, 0, phones),
    ]
    assert after == 0
    assert {(seen["received"], seen["converted"]) for _, seen in told} == {(0, 0)}


@pytest.mark.usefixtures("phones")
def test_an_app_that_is_gone_does_not_come_back(simulation):
    simulation.recipients.attention = Attention(uninstalled=1.0)
    send(simulation)
    simulation.run_until_quiet()
    simulation.recipients.attention = Attention(clicked=1.0)

    message = send(simulation)
    simulation.run_until_quiet()

    assert simulation.onesignal_reader().statistics(message)["converted"] == 0


def test_what_the_provider_refuses_is_an_error_and_the_device_stays(simulation, phones):
    simulation.recipients.attention = Attention(refused=1.0)
    message = send(simulation)
    simulation.run_until_quiet()

    told = simulation.onesignal_reader().statistics(message)
    assert (told["successful"], told["errored"], told["failed"]) == (0, phones, 0)
    assert subscribed(simulation) == phones


def test_what_is_no_share_is_refused():
    with pytest.raises(WrongUsageError):
        Attention(clicked=1.5)
