"""The laws know every channel: e-mail, SMS and in-app messages are held to what happened as pushes are."""

import laws_broken_bridges as broken
import pytest

from simulator import Simulation
from simulator.devices import Sdk
from simulator.disturbances import AnswerLost
from simulator.laws import laws
from simulator.occasions import first

ONCE = "every message event arrived exactly once"
TRUE = "every event says what happened"
CREDIT = "nobody is credited with another's event"
STATISTICS = "statistics agree on both sides"
INVENTED = "nothing was invented"
CHANNELS = ("email", "sms", "in-app")


def street(contract):
    simulation = Simulation()
    simulation.connect(contract=contract)
    return simulation


def write_on_every_channel(simulation):
    """Send three people an e-mail and an SMS, and show one of them an in-app message; the first answer is lost."""
    api, app_id = simulation.onesignal_api(), simulation.app.id
    people = {"include_aliases": {"external_id": [f"user-{number}" for number in range(3)]}, "app_id": app_id}
    for number in range(3):
        channels = [
            {"type": "Email", "token": f"user-{number}@example.com", "enabled": True, "notification_types": 1},
            {"type": "SMS", "token": f"+1555000000{number}", "enabled": True, "notification_types": 1},
        ]
        api.post(f"/apps/{app_id}/users", {"identity": {"external_id": f"user-{number}"}, "subscriptions": channels})
    simulation.network.disturb(AnswerLost(), first(1).to("api2.amplitude.com"))
    mail = {"target_channel": "email", "name": "May", "email_subject": "Größe", "email_body": "<p>Hello</p>"}
    mail_id = api.post("/notifications", people | mail)["id"]
    api.post("/notifications", people | {"target_channel": "sms", "name": "Text", "contents": {"en": "Hello " * 20}})
    simulation.wait(60)
    opened = (event for event in simulation.onesignal.message_events(app_id) if event.kind == "message.email.sent")
    for event in opened:
        simulation.onesignal.record_email_opened(mail_id, event.subscription_id)
        simulation.onesignal.record_email_clicked(mail_id, event.subscription_id)
    rate_us = simulation.onesignal.create_in_app_message(app_id, name="Rate us")
    phone = Sdk(simulation.onesignal_sdk(), app_id, type_="AndroidPush", token="fcm-token")
    simulation.wait(2)
    phone.login("user-1")
    phone.show_in_app_message(rate_us.id)
    phone.click_in_app_message(rate_us.id, "later")
    simulation.wait(900)
    return [check.name for check in laws(simulation, {}) if not check.holds]


@pytest.mark.parametrize("contract", ["2022", "2026"])
def test_an_honest_bridge_keeps_every_law_on_every_channel(contract):
    simulation = street(contract)

    assert write_on_every_channel(simulation) == []
    kinds = {event.kind.split(".")[1] for event in simulation.onesignal.message_events(simulation.app.id)}
    assert kinds == {"email", "sms", "iam"}


def changing(channel, change):
    """Make a meddler that changes the events of one channel."""

    def change_some(event):
        if event["event_properties"]["message_type"].lower() == channel:
            change(event)

    return broken.each_event(change_some)


def without(channel):
    """Make a meddler that leaves out the events of one channel."""

    def rewrite(body):
        kept = [event for event in body["events"] if event["event_properties"]["message_type"].lower() != channel]
        return body | {"events": kept or [{"event_type": "Nothing", "user_id": "user-1"}]}

    return broken.rewriting(rewrite)


@pytest.mark.parametrize("contract", ["2022", "2026"])
@pytest.mark.parametrize("channel", CHANNELS)
@pytest.mark.parametrize(
    ("change", "law"),
    [
        (lambda event: event.update(event_type="Push Clicked"), TRUE),
        (lambda event: event.update(user_id="user-2"), CREDIT),
        (lambda event: event.update(time=event["time"] - 1), TRUE),
        (lambda event: event["event_properties"].update({"Message Name": "Another"}), TRUE),
        (lambda event: event["event_properties"].update({"Message": "Another", "Message Title": "Another"}), TRUE),
        (lambda event: event["event_properties"].update({"delivery_id": "1", "Message ID": "1"}), TRUE),
        (lambda event: event["event_properties"].update({"message_type": "push"}), TRUE),
    ],
    ids=["name", "user", "time", "message", "title", "id", "channel"],
)
def test_a_bridge_that_spoils_one_channel_breaks_a_law(contract, channel, change, law):
    simulation = street(contract)
    broken.break_the_bridge(simulation, meddle=changing(channel, change))

    assert law in write_on_every_channel(simulation)


@pytest.mark.parametrize("channel", CHANNELS)
def test_a_bridge_that_leaves_out_one_channel_breaks_a_law(channel):
    simulation = street("2022")
    broken.break_the_bridge(simulation, meddle=without(channel))

    assert ONCE in write_on_every_channel(simulation)


@pytest.mark.parametrize("name", ["Email Pending Delivery", "SMS Pending Delivery"])
def test_statistics_are_held_on_every_channel(name):
    simulation = street("2022")
    numbers = iter(range(9))

    def rename_the_first(event):
        if event["event_type"] == name and next(numbers) == 0:
            event["event_type"] = "Push Pending Delivery"

    broken.break_the_bridge(simulation, meddle=broken.each_event(rename_the_first))

    assert STATISTICS in write_on_every_channel(simulation)


def test_more_messages_than_a_page_shows_are_held_to_what_they_said(simulation):
    """OneSignal lists 50 messages at a time: the first of 60 is on the second page."""
    phone = {"type": "AndroidPush", "token": "token", "enabled": True, "notification_types": 1}
    user = {"identity": {"external_id": "user-1"}, "subscriptions": [phone]}
    simulation.onesignal_api().post(f"/apps/{simulation.app.id}/users", user)

    def misquote(event):
        if event["event_properties"]["Message Contents"] == "Text 0":
            event["event_properties"]["Message Contents"] = "Text 1"

    broken.break_the_bridge(simulation, meddle=broken.each_event(misquote))
    for number in range(60):
        message = {"included_segments": ["Total Subscriptions"], "contents": {"en": f"Text {number}"}}
        simulation.onesignal_api().post("/notifications", {"app_id": simulation.app.id, **message})
    simulation.wait(60)

    assert [check.name for check in laws(simulation, {}) if not check.holds] == [TRUE]
