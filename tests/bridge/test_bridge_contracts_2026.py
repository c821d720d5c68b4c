"""Contract 2026, the choices about texts, ids and templates: what a message event becomes."""

from __future__ import annotations

import json

import pytest
from bridge_vendors import LOST_ANSWER
from bridge_world import make_connection

from bridge.choices import Texts
from bridge.contracts import CONTRACTS
from bridge.errors import Malformed, SettingsError
from bridge.identifiers import objection
from bridge.source_event import parse_message_event

# facts/integration.md 1.2, written out once more by hand
NAMES = {
    "message.push.sent": "[Onesignal] Push Delivered",
    "message.push.received": "[Onesignal] Push Confirmed delivery",
    "message.push.clicked": "[Onesignal] Push Clicked",
    "message.push.failed": "[Onesignal] Push Failed",
    "message.push.unsubscribed": "[Onesignal] Push Unsubscribed",
    "message.iam.impression": "[Onesignal] IAM Displayed",
    "message.iam.clicked": "[Onesignal] IAM Clicked",
    "message.iam.page_displayed": "[Onesignal] IAM Page Displayed",
    "message.email.sent": "[Onesignal] Email Delivered",
    "message.email.received": "[Onesignal] Email Confirmed delivery",
    "message.email.opened": "[Onesignal] Email Opened",
    "message.email.clicked": "[Onesignal] Email Clicked",
    "message.email.unsubscribed": "[Onesignal] Email Unsubscribed",
    "message.email.reported_as_spam": "[Onesignal] Email Reported as SPAM",
    "message.email.bounced": "[Onesignal] Email Hard bounced",
    "message.email.failed": "[Onesignal] Email Failed delivery",
    "message.email.suppressed": "[Onesignal] Email Not delivering to suppressed email address",
    "message.sms.sent": "[Onesignal] SMS Delivered",
    "message.sms.delivered": "[Onesignal] SMS Confirmed delivery",
    "message.sms.failed": "[Onesignal] SMS Failed delivery",
    "message.sms.undelivered": "[Onesignal] SMS Failed delivery",
}
MESSAGE_TYPES = {"push": "push", "iam": "in-app", "email": "email", "sms": "SMS"}


def events(world):
    return world.bridge.status().connections[0].events


def test_the_contract_of_2026_has_21_kinds_under_20_names():
    named = {kind: event.event_type for kind, event in CONTRACTS["2026"].events.items()}

    assert named == NAMES
    assert (len(NAMES), len(set(NAMES.values()))) == (21, 20)


def test_every_kind_arrives_with_the_properties_of_the_page_of_2026(make_world):
    world = make_world(contract="2026")
    for number, kind in enumerate(NAMES):
        world.stream(
            event_id=f"e{number}",
            event_kind=kind,
            event_subscription_device_type="iOS",
            message_title={"en": "Hello", "de": "Hallo"},
            message_contents="All is new",
            message_template_id="template-1",
            user_language="de",
        )

    world.bridge.run_due()

    assert [event["event_type"] for event in world.us.events] == list(NAMES.values())
    for kind, event in zip(NAMES, world.us.events, strict=True):
        assert (event["user_id"], event["device_id"]) == ("user-1", "subscription-1")
        assert event["event_properties"] == {
            "Message ID": "message-1",
            "Message Name": "Spring",
            "Message Title": "Hallo",
            "Message Contents": "All is new",
            "template_id": "template-1",
            "subscription_id": "subscription-1",
            "device_type": "iOS",
            "language": "de",
            "message_type": MESSAGE_TYPES[kind.split(".")[1]],
            "source": "onesignal",
        }


def test_texts_are_cut_and_spoken_as_the_settings_say(make_world):
    world = make_world(contract="2026", texts=Texts(title_characters_max=3, contents_characters_max=50, language="fr"))
    world.stream(message_title={"en": "Hello", "fr": "Salut"}, message_contents={"de": "x" * 99}, user_language="de")

    world.bridge.run_due()

    properties = world.us.events[0]["event_properties"]
    assert (properties["Message Title"], properties["Message Contents"]) == ("Sal", "x" * 50)


def test_blank_fields_of_a_late_click_are_filled_from_the_sent_event_and_counted(make_world, tmp_path):
    world = make_world(contract="2026", outbox_url=f"sqlite:///{tmp_path}/outbox.db")
    world.stream(event_id="sent", message_title={"en": "Hello"}, message_template_id="t")
    world.clock.advance(days=31)
    blank = dict.fromkeys(("message_name", "message_title", "message_contents", "message_template_id"), "")

    world.stream(event_id="click", event_kind="message.push.clicked", **blank)
    world.stream(event_id="other", event_kind="message.push.clicked", message_id="never seen", **blank)
    world.run_until_quiet()

    click, other = (event["event_properties"] for event in world.us.events[1:])
    assert (click["Message Name"], click["Message Title"], click["template_id"]) == ("Spring", "Hello", "t")
    assert "Message Name" not in other
    assert events(world).noted == {"blank message fields filled from an earlier event of the message": 1}


def test_no_more_messages_are_remembered_than_the_settings_say(make_world):
    world = make_world(texts=Texts(remembered_messages_max=2))
    for number in range(5):
        world.stream(event_id=f"e{number}", message_id=f"m{number}")

    with world.bridge._database.transaction() as transaction:
        kept = [row[0] for row in transaction.exec_driver_sql("SELECT message_id FROM messages ORDER BY id")]
    assert kept == ["m3", "m4"]


@pytest.mark.parametrize(
    ("fields", "body"),
    [
        ({"event.kind": "type", "event.id": "id"}, {"type": "message.push.sent", "id": "e1"}),
        ({"event.kind": "a.b.c", "event.id": "a.i"}, {"a": {"b": {"c": "message.push.sent"}, "i": "e1"}}),
        ({"event.kind": "flat.dots"}, {"flat.dots": "message.push.sent", "event": {"id": "e1"}}),
    ],
)
def test_a_map_of_fields_reads_a_customers_own_template(make_world, fields, body):
    world = make_world(fields={**fields, "event.external_id": "who", "event.timestamp": "at"})

    answer = world.post("/message-events", json={**body, "who": "user-1", "at": 1_773_144_000})
    world.bridge.run_due()

    assert answer.json == {"accepted": 1}
    (event,) = world.us.events
    assert (event["insert_id"], event["user_id"], event["event_type"]) == ("e1", "user-1", "Push Pending Delivery")


def test_a_mapped_field_that_is_not_there_is_named():
    with pytest.raises(Malformed, match=r"event\.id"):
        parse_message_event(json.dumps({"event.kind": "k", "event.id": "i"}).encode(), {"event.id": "no.where"})


def test_a_map_of_a_field_that_we_do_not_have_is_refused_with_the_nearest():
    with pytest.raises(SettingsError, match=r"did you mean 'event\.external_id'"):
        make_connection(fields={"event.external": "x"})


# facts/integration.md 4.3: verdict of the bridge for each value
@pytest.mark.parametrize(
    "value",
    [
        "0",
        "-1",
        "null",
        "nil",
        "none",
        "undefined",
        "unknown",
        "anonymous",
        "n/a",
        "na",
        "{}",
        "lmy47d",
        "all",
        "00000000-0000-0000-0000-000000000000",
        "None",
        "NULL",
        "NA",
        "Anonymous",
        "x" * 1025,
        "  ",
        "a\x00b",
    ],
)
def test_an_id_that_a_vendor_would_refuse_is_rejected(value):
    assert objection("external_id", value) is not None


@pytest.mark.parametrize("value", ["Bob", "bob", " user1", "a/b?c#d", "1", "42", "abcd", "é" * 600, "x" * 1024])
def test_an_id_that_both_vendors_take_travels(value):
    assert objection("external_id", value) is None


@pytest.mark.parametrize(
    ("value", "note"),
    [
        ("42", "external_id is shorter than 5 characters: others may send this user without it"),
        (" user1", "external_id has spaces around it"),
        ("Caf\u0065\u0301s", "external_id is not in Unicode's composed form"),
    ],
)
def test_an_id_that_may_go_wrong_travels_and_is_counted(world, value, note):
    world.stream(event_external_id=value)

    world.bridge.run_due()

    assert world.us.events[0]["user_id"] == value
    assert events(world).noted == {note: 1}


@pytest.mark.parametrize(
    ("policy", "sent", "ignored", "noted"),
    [
        ("drop", 0, {"anonymous": 1}, {}),
        ("keep", 1, {}, {"kept under its device: no external_id": 1}),
    ],
)
def test_an_anonymous_event_is_kept_or_dropped_and_counted(make_world, policy, sent, ignored, noted):
    world = make_world(anonymous=policy)
    world.stream(event_external_id="")

    world.bridge.run_due()

    assert len(world.us.events) == sent
    assert (events(world).ignored, events(world).noted) == (ignored, noted)


def test_a_lost_answer_does_not_double_an_event_that_was_filled(make_world):
    world = make_world(contract="2026")
    world.us.script.append(LOST_ANSWER)
    world.stream(event_id="sent")
    world.stream(event_id="click", event_kind="message.push.clicked", message_name="")

    world.run_until_quiet()

    assert [event["insert_id"] for event in world.us.events] == ["sent", "click"]
