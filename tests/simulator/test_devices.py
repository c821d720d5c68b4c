"""Devices speak as the SDKs do: of 2022 with a record a channel, of today with a user and subscriptions."""

import pytest

from simulator.devices import Sdk, Sdk2022


@pytest.fixture
def phone(simulation):
    return Sdk2022(simulation.onesignal_sdk(), simulation.app.id, type_="iOSPush", token="apns-1")


def owners(simulation):
    return {channel.external_id for channel in simulation.onesignal_reader().channels()}


def test_the_external_id_is_answered_for_each_channel_there_is(phone):
    """`facts/integration.md` 4.2: the page's step 4 shows the answer per channel."""
    alone = phone.set_external_user_id("customer-1")
    phone.set_email("one@example.com")
    phone.set_sms_number("+15555550100")

    assert alone == {"push": {"success": True}}
    assert phone.set_external_user_id("customer-1") == {
        "push": {"success": True},
        "email": {"success": True},
        "sms": {"success": True},
    }


def test_a_mail_address_given_after_the_external_id_is_nobodys_until_it_is_set_again(simulation, phone):
    """`facts/integration.md` 2.5 A16: the order of calls decides."""
    phone.set_external_user_id("customer-1")
    phone.set_email("one@example.com")
    before = owners(simulation)

    phone.set_external_user_id("customer-1")

    assert before == {"customer-1", ""}
    assert owners(simulation) == {"customer-1"}


def test_logging_in_on_a_second_device_joins_the_same_user(simulation):
    phone, tablet = (
        Sdk(simulation.onesignal_sdk(), simulation.app.id, type_="AndroidPush", token=token) for token in ("a", "b")
    )

    phone.login("customer-1")
    tablet.login("customer-1")

    assert phone.onesignal_id == tablet.onesignal_id
    assert simulation.onesignal_reader().subscription_count("customer-1") == 2


def test_switching_accounts_moves_the_subscription(simulation):
    """`facts/integration.md` 2.5 A15."""
    phone = Sdk(simulation.onesignal_sdk(), simulation.app.id, type_="AndroidPush", token="a")
    phone.login("alice")

    phone.logout()
    phone.login("bob")

    reader = simulation.onesignal_reader()
    assert (reader.subscription_count("alice") or 0, reader.subscription_count("bob")) == (0, 1)


def test_a_logged_out_device_is_nobodys(simulation):
    """`facts/integration.md` 2.5 A14."""
    phone = Sdk(simulation.onesignal_sdk(), simulation.app.id, type_="AndroidPush", token="a")
    phone.login("alice")
    phone.add_email("alice@example.com")

    phone.logout()

    assert {channel.external_id for channel in simulation.onesignal_reader().channels()} == {"", "alice"}


def test_opting_out_is_told_to_the_observer_and_to_onesignal(simulation):
    phone = Sdk(simulation.onesignal_sdk(), simulation.app.id, type_="AndroidPush", token="a")
    seen = []
    phone.add_subscription_observer(lambda subscription_id, subscribed: seen.append((subscription_id, subscribed)))

    phone.opt_out()

    (channel,) = simulation.onesignal_reader().channels()
    assert seen == [(phone.subscription_id, False)]
    assert not channel.subscribed
