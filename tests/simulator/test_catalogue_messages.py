"""Each reason of the message catalogue (`facts/integration.md` 2.6) is made in a simulation and found by its code."""

from dataclasses import replace
from datetime import timedelta

import pytest
from catalogue_worlds import ALICE, BOB, learn, phone, street

from fake_amplitude.switches import Switches
from fake_onesignal.carrier import Refused, Undelivered
from simulator import Simulation, delivery
from simulator.accounts.catalogue import entries
from simulator.disturbances import AnswerLost, Failing
from simulator.occasions import always, first, nth
from simulator.recipients import Attention

UPLOAD = "api2.amplitude.com"
CLICKED = {"event_type": "Push Clicked", "event_properties": {"Message Name": "Sale"}}


def push(simulation, *people, until_quiet=True, **words):
    """Send a push to some people, or to everybody, and let the day's work be done; give the message's id."""
    whom = {"include_aliases": {"external_id": list(people)}} if people else {"included_segments": ["All"]}
    body = {"app_id": simulation.app.id, "target_channel": "push", "name": "Sale", "contents": {"en": "Come"}}
    message = simulation.onesignal_api().post("/notifications", body | whom | words).get("id")
    if until_quiet:
        simulation.run_until_quiet()
    return message


def click(simulation, device, message):
    body = {"app_id": simulation.app.id, "player_id": device.subscription_id, "opened": True}
    simulation.onesignal_sdk().ask("PUT", f"/notifications/{message}", body)


def user(simulation, who, *, app=True, **phones):
    """Let somebody use the app, so that Amplitude knows more of them than messages, and have a phone."""
    if app:
        learn(simulation, who)
    return phone(simulation, who, **phones)


def upload(simulation, *events, **options):
    body = {"api_key": simulation.project.api_key, "events": list(events), "options": options or {"min_id_length": 1}}
    simulation.amplitude_ingestion().post("/2/httpapi", body)


def rows(simulation, message):
    parts = delivery.account(simulation, message)
    assert all(part.sum_holds for part in parts), parts
    codes = {missing.code for part in parts for missing in part.missing}
    codes |= {"B03" for part in parts if len(part.events) - part.repeated - part.users > 0}
    assert {entries()[code].place for code in codes} <= {"row"}
    return codes


def notes(simulation):
    codes = {note.code for note in delivery.notes(simulation)}
    assert {entries()[code].place for code in codes} <= {"note"}
    return codes


def found(simulation, message):
    return rows(simulation, message) | notes(simulation)


def b01_kind_not_selected():
    simulation = street(events=["message.push.clicked"])
    user(simulation, ALICE)
    return found(simulation, push(simulation))


def b02_no_external_id():
    simulation = street()
    user(simulation, ALICE)
    phone(simulation, None)
    return found(simulation, push(simulation))


def b03_several_devices():
    simulation = street()
    user(simulation, ALICE)
    user(simulation, ALICE, token="another")
    return found(simulation, push(simulation))


def b04_delivered_means_sent():
    simulation = street(contract="2026")
    user(simulation, ALICE)
    return found(simulation, push(simulation))


def b05_two_failures_one_name():
    simulation = street(contract="2026")
    for who, number in ((ALICE, "+15550000001"), (BOB, "+15550000002")):
        user(simulation, who).add_sms(number)
    simulation.onesignal.world.carrier = _OneFailsOneIsUndelivered()
    sms = {"target_channel": "sms", "sms_from": "+15550000000"}
    push(simulation, ALICE, BOB, **sms)
    return notes(simulation)


class _OneFailsOneIsUndelivered:
    def carry(self, envelope):
        return Refused("no route") if envelope.token.endswith("1") else Undelivered()


def b06_series_break():
    simulation = street()
    user(simulation, ALICE)
    push(simulation)
    simulation.restart_bridge(contract="2026")
    push(simulation)
    return notes(simulation)


def b07_cannot_confirm():
    simulation = street()
    simulation.recipients.attention = Attention(confirmed=1)
    user(simulation, ALICE)
    user(simulation, BOB, type_="SafariPush")
    return found(simulation, push(simulation))


def b08_opened_three_times():
    simulation = street()
    user(simulation, ALICE).add_email("alice@example.com")
    email = {"target_channel": "email", "email_subject": "Sale", "email_body": "<p>Come</p>", "contents": None}
    message = push(simulation, ALICE, **email)
    [address] = [each for each in simulation.onesignal_reader().channels() if each.type == "Email"]
    for _ in range(3):
        simulation.wait(60)
        simulation.onesignal.record_email_opened(message, address.subscription_id)
    simulation.run_until_quiet()
    return notes(simulation)


def b09_forgotten_after_thirty_days():
    simulation = street()
    device = user(simulation, ALICE)
    message = push(simulation)
    simulation.run_for(timedelta(days=30, seconds=1))
    click(simulation, device, message)
    simulation.run_until_quiet()
    return notes(simulation)


def b10_uploaded_again():
    simulation = street()
    user(simulation, ALICE)
    simulation.network.disturb(AnswerLost(), nth(1).to(UPLOAD).at("/2/httpapi"))
    return found(simulation, push(simulation))


def b11_without_insert_id():
    simulation = street()
    event = CLICKED | {"user_id": ALICE, "device_id": "d", "time": 1_767_603_600_000}
    learn(simulation, ALICE)
    upload(simulation, event)
    upload(simulation, event)
    return notes(simulation)


def b12_two_devices():
    simulation = street()
    learn(simulation, ALICE)
    event = CLICKED | {"user_id": ALICE, "insert_id": "once", "time": 1_767_603_600_000}
    upload(simulation, event | {"device_id": "first"}, event | {"device_id": "second"})
    return notes(simulation)


def b13_too_short():
    simulation = street()
    amplitude = simulation.amplitude["US"]
    amplitude.world = replace(amplitude.world, switches=Switches(lenient_ids=True))
    device = user(simulation, "42", app=False)
    learn(simulation, None, device=device.subscription_id)
    event = CLICKED | {"user_id": "42", "device_id": device.subscription_id}
    upload(simulation, event, min_id_length=5)
    return notes(simulation)


def b14_placeholder():
    simulation = street()
    user(simulation, ALICE)
    user(simulation, "anonymous", app=False)
    return found(simulation, push(simulation))


def b15_throttled():
    simulation = street()
    user(simulation, ALICE)
    simulation.network.disturb(Failing(429, retry_after_s=30), first(1).to(UPLOAD).at("/2/httpapi"))
    return found(simulation, push(simulation))


def b17_another_region():
    simulation = street(onesignal_region="EU")
    user(simulation, ALICE)
    return found(simulation, push(simulation))


def b18_logout_leak():
    simulation = street(anonymous="keep")
    device = user(simulation, ALICE)
    push(simulation)
    device.logout()
    push(simulation)
    return notes(simulation)


def b19_another_project():
    simulation = street(anonymous="keep")
    device = phone(simulation, None)
    other = simulation.amplitude["US"].create_project("Other")
    event = {"event_type": "Opened", "user_id": ALICE, "device_id": device.subscription_id}
    simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": other.api_key, "events": [event]})
    push(simulation)
    return notes(simulation)


def b20_never_opened_the_app():
    simulation = street()
    user(simulation, ALICE)
    user(simulation, BOB, app=False)
    return found(simulation, push(simulation))


def b21_at_another_time():
    simulation = street()
    user(simulation, ALICE)
    simulation.network.disturb(Failing(503), always().to(UPLOAD).at("/2/httpapi"))
    message = push(simulation, until_quiet=False)
    simulation.run_for(timedelta(hours=3))
    simulation.network.calm()
    simulation.run_for(timedelta(hours=3))
    return found(simulation, message)


def b22_capped():
    simulation = street()
    user(simulation, ALICE)
    simulation.onesignal.messaging.set_frequency_cap(simulation.app.id, messages_max=1)
    push(simulation)
    return found(simulation, push(simulation))


def b23_failed_means_unsubscribed():
    simulation = street()
    user(simulation, ALICE)
    device = user(simulation, BOB)
    device.opt_out()
    ids = [each.subscription_id for each in simulation.onesignal_reader().channels()]
    message = push(simulation, include_subscription_ids=ids, included_segments=None)
    return found(simulation, message)


def b24_which_button():
    simulation = street()
    message = simulation.onesignal.create_in_app_message(simulation.app.id, name="Rate us")
    for who, button in ((ALICE, "now"), (BOB, "later")):
        device = user(simulation, who)
        device.show_in_app_message(message.id)
        device.click_in_app_message(message.id, button)
    simulation.run_until_quiet()
    return notes(simulation)


def b25_stream_gave_up():
    simulation = street()
    user(simulation, ALICE)
    simulation.network.disturb(Failing(503), always().to("bridge.test").at("*/message-events"))
    return found(simulation, push(simulation))


def b26_out_of_order():
    simulation = street()
    device = user(simulation, ALICE)
    sent_fails = first(4).to("bridge.test").about("message.push.sent")
    simulation.network.disturb(Failing(503), sent_fails)
    message = push(simulation, until_quiet=False)
    simulation.run_for(timedelta(seconds=40))
    click(simulation, device, message)
    simulation.run_until_quiet()
    return found(simulation, message)


def b27_changed_hands():
    simulation = street()
    device = user(simulation, ALICE)
    learn(simulation, BOB)
    message = push(simulation)
    device.login(BOB)
    simulation.wait(60)
    click(simulation, device, message)
    simulation.run_until_quiet()
    return notes(simulation)


def b28_clipped_text():
    simulation = street()
    user(simulation, ALICE)
    return found(simulation, push(simulation, contents={"en": "Come in. " * 20}))


def b29_two_apps():
    simulation = street()
    learn(simulation, ALICE)
    event = CLICKED | {"user_id": ALICE, "device_id": "theirs"}
    upload(simulation, event | {"event_properties": {"delivery_id": "of-another-app", "Message Name": "Theirs"}})
    return notes(simulation)


def b30_before_activation():
    simulation = Simulation(7)
    phone(simulation, ALICE)
    message = push(simulation)
    simulation.wait(60)
    simulation.connect()
    learn(simulation, ALICE)
    return found(simulation, message)


def b31_property_storm():
    simulation = street()
    learn(simulation, ALICE)
    session = simulation.session()
    update = f'{{"user_id": "{ALICE}", "user_properties": {{"$set": {{"n": 1}}}}}}'
    for _ in range(1_801):
        form = {"api_key": simulation.project.api_key, "identification": update}
        session.post("https://api2.amplitude.com/identify", data=form, timeout=5)
    return notes(simulation)


def b32_disabled():
    simulation = street()
    user(simulation, ALICE)
    message = push(simulation)
    simulation.onesignal.dashboard.disable_app(simulation.app.id)
    body = {"app_id": simulation.app.id, "included_segments": ["All"], "contents": {"en": "More"}}
    simulation.onesignal_api().ask("POST", "/notifications", body, allow=(400, 403))
    return found(simulation, message)


MADE = {name[:3].upper(): story for name, story in dict(globals()).items() if name[:1] == "b" and name[1:3].isdigit()}
ALSO_FOUND = {  # what such a world cannot be without
    "B06": {"B04"},
    "B19": {"B20"},
}
CANNOT_BE_MADE = {
    "B16": "what OneSignal and Amplitude do when a monthly quota is used up is not published, so the fakes have none",
    "B33": "neither service tells a machine's opening from a person's, so there is nothing to find it by",
}


@pytest.mark.parametrize("code", MADE)
def test_a_reason_that_is_made_is_found_and_nothing_else(code):
    codes = MADE[code]()

    assert codes == {code} | ALSO_FOUND.get(code, set())


def test_the_catalogue_is_whole():
    codes = [f"B{number:02}" for number in range(1, 34)]

    assert [entry.code for entry in entries().values() if not entry.is_about_cohorts] == codes
    assert sorted([*MADE, *CANNOT_BE_MADE]) == codes
