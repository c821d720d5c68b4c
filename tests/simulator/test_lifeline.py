"""Whatever happened to an event, a message or a user is told from house to house, with the rule that applied."""

from datetime import timedelta

import pytest
from click.testing import CliRunner

from simulator.__main__ import main
from simulator.disturbances import AnswerLost
from simulator.lifeline import DEDUPLICATION, Needle, Watch, lifeline
from simulator.occasions import first
from simulator.operating import stream_events
from simulator.simulation import Simulation
from simulator.somebody import push


def send_to(street, user):
    """Create a user with a phone, send a message to it, and give the message's id."""
    api = street.onesignal_api()
    phone = {"type": "iOSPush", "token": f"apns-token-{user}", "enabled": True, "notification_types": 1}
    api.post(f"/apps/{street.app.id}/users", {"identity": {"external_id": user}, "subscriptions": [phone]})
    message = {"app_id": street.app.id, "include_aliases": {"external_id": [user]}, "target_channel": "push"}
    return api.post("/notifications", message | {"contents": {"en": "Hello"}})["id"]


@pytest.fixture
def reached(simulation):
    return send_to(simulation, "ada-lovelace")


def test_a_lost_answer_is_told_as_a_retry_that_amplitude_kept_once(simulation, reached):
    simulation.network.disturb(AnswerLost(), first(1).to("api2.amplitude.com"))

    simulation.run_for(timedelta(hours=1))

    [event] = simulation.onesignal.message_events(simulation.app.id)
    found = lifeline(simulation, Needle(event.id))
    uploads = [line for line in found.wire if "api2.amplitude.com/2/httpapi" in line]
    assert event.message_id == reached
    assert ["no answer" in line for line in uploads] == [False, True, False]
    assert f"    accepted 2 times, kept 1 time: {DEDUPLICATION}" in found.amplitude
    assert any("delivered after 2 tries" in line for line in found.bridge)


def test_a_message_is_followed_to_every_device_it_reached(simulation, reached):
    simulation.run_until_quiet()

    found = lifeline(simulation, Needle(reached))

    assert "message.push.sent" in found.onesignal[0]
    assert found.onesignal[1].endswith("to Amplitude it is 'Push Pending Delivery'")
    assert [line.split(": ")[0][20:] for line in found.wire] == ["you", "OneSignal", "bridge"]
    assert [line[20:43] for line in found.amplitude[1:]] == ["'Push Pending Delivery'"]
    assert "of user ada-lovelace" in found.amplitude[1]


def test_a_user_who_was_anonymous_first_is_told_with_what_was_merged(simulation):
    ingestion = simulation.amplitude_ingestion()
    visits = [{"device_id": "phone-1"}, {"device_id": "phone-1", "user_id": "ada-lovelace"}, {"device_id": "phone-2"}]
    for who in (*visits, {"device_id": "phone-2", "user_id": "ada-lovelace"}):
        events = [{**who, "event_type": "Visit"}]
        ingestion.post("/2/httpapi", {"api_key": simulation.project.api_key, "events": events})

    found = lifeline(simulation, Needle("ada-lovelace"))

    assert found.amplitude[0].endswith("is user ada-lovelace, 4 events")
    assert "merged into it: the user was seen on their device" in found.amplitude[1]


def test_a_kind_that_is_not_selected_is_told_so():
    street = Simulation()
    street.connect(events={"message.push.clicked"})
    message = send_to(street, "ada-lovelace")
    street.run_until_quiet()

    found = lifeline(street, Needle(message))

    assert found.onesignal[1].endswith("does not send message.push.sent: it is not among its selected events")
    assert not found.amplitude


@pytest.mark.parametrize("text", ["user-10", "my-user-1", "user-1-b", "superuser-1", "user%2D10"])
def test_an_id_is_not_found_inside_of_a_longer_one(text):
    assert not Needle("user-1").is_in(f'{{"user_id":"{text}"}}')


@pytest.mark.parametrize("text", ['"user_id":"a/é"', '"user_id":"a/\\u00e9"', "/users/by/external_id/a%2F%C3%A9/x"])
def test_an_id_is_found_however_it_is_written(text):
    assert Needle("a/é").is_in(text)


def test_a_watch_keeps_what_the_journal_has_long_forgotten(simulation, reached):
    watch = Watch(Needle(reached))
    simulation.network.listen(watch)
    simulation.run_until_quiet()
    app = simulation.onesignal_api()
    for _ in range(2_100):
        app.ask("GET", f"/apps/{simulation.app.id}/segments")

    found = lifeline(simulation, Needle(reached), watch.heard)

    assert [heard.sender for heard in watch.heard] == ["OneSignal", "bridge"]
    assert len(found.wire) == 2
    assert not lifeline(simulation, Needle(reached)).wire


def play_checkout(simulation):
    """Let somebody whom OneSignal knows and a stranger start a checkout, which is streamed; give their insert ids."""
    stream_events(simulation)
    users = f"/apps/{simulation.app.id}/users"
    simulation.onesignal_api().post(users, {"identity": {"external_id": "ada-lovelace"}})
    for who in ("ada-lovelace", "stranger"):
        event = {"user_id": who, "event_type": "Checkout Started", "insert_id": f"checkout of {who}"}
        upload = {"api_key": simulation.project.api_key, "events": [event]}
        simulation.amplitude_ingestion().post("/2/httpapi", upload)
    simulation.run_until_quiet()


def test_an_event_of_amplitude_is_followed_to_its_custom_event(simulation):
    play_checkout(simulation)

    found = lifeline(simulation, Needle("checkout of ada-lovelace"))

    [custom] = found.onesignal
    assert "custom event 'Checkout Started'" in custom
    assert custom.split(") of ")[1].startswith("ada-lovelace, came")
    assert any("it was delivered after 1 try" in line for line in found.bridge)
    assert any("'Checkout Started' (insert_id checkout of ada-lovelace)" in line for line in found.amplitude)


def test_a_user_is_told_with_the_cohorts_and_custom_events_that_onesignal_keeps(simulation):
    play_checkout(simulation)

    person, custom = lifeline(simulation, Needle("ada-lovelace")).onesignal
    stranger = lifeline(simulation, Needle("stranger"))

    assert person.endswith("is user ada-lovelace: subscriptions 0, subscribed 0, cohorts none")
    assert "custom event 'Checkout Started'" in custom
    assert not stranger.onesignal
    assert any("failed to find a onesignal_id for user_id stranger" in line for line in stranger.bridge)


def test_a_message_of_todays_contract_is_followed_too():
    street = Simulation()
    street.connect(contract="2026")
    message = send_to(street, "ada-lovelace")
    street.run_until_quiet()

    assert any("[Onesignal] Push Delivered" in line for line in lifeline(street, Needle(message)).amplitude)


@pytest.mark.parametrize(("anonymous", "told"), [("drop", "is not sent"), ("keep", "is kept under its device")])
def test_an_anonymous_event_is_told_with_what_the_connection_does(anonymous, told):
    street = Simulation()
    street.connect(anonymous=anonymous)
    phone = {"subscriptions": [{"type": "AndroidPush", "token": "fcm-token", "enabled": True}]}
    street.onesignal_api().post(f"/apps/{street.app.id}/users", phone)
    push(street, "Hello")
    street.run_until_quiet()

    [event] = street.onesignal.message_events(street.app.id)
    assert told in lifeline(street, Needle(event.id)).onesignal[1]


def test_nobody_knows_an_id_that_does_not_exist():
    refused = CliRunner().invoke(main, ["explain", "connect_and_sync", "nobody"])

    assert refused.exit_code == 2
    assert refused.stderr.splitlines()[-1].startswith(
        "simulator: nobody in connect_and_sync (seed 7) has heard of 'nobody'; it takes an event id"
    )


def test_the_command_line_tells_the_life_of_a_user_through_every_house():
    told = CliRunner().invoke(main, ["explain", "connect_and_sync", "usr_00000165a569"])

    assert told.exit_code == 0
    headings = [line for line in told.output.splitlines() if not line.startswith(" ")]
    assert [heading for heading in headings if ":" not in heading] == [
        "OneSignal",
        "on the wire",
        "the bridge",
        "Amplitude",
    ]
    assert "shall enter cohort" in told.output
