from __future__ import annotations

import json
import re
from importlib.resources import files

import pytest
from liquid import Environment

from bridge.contracts import CONTRACTS
from bridge.contracts.kinds import KINDS
from bridge.source_event import MessageEvent, parse_message_event

# facts/integration.md 1.2 and 1.3, written out once more by hand
PUSH = {
    "Message Name": "Spring",
    "Message": "Hello",
    "Message Contents": "All is new",
    "delivery_id": "message-1",
    "message_type": "push",
}
IN_APP = {"Message Name": "Spring", "message_type": "in-app"}
EMAIL = {"Message Name": "Spring", "Message": "Hello", "delivery_id": "message-1", "message_type": "email"}
SMS = {
    "Message Name": "Spring",
    "Message": "All is new",
    "Message Contents": "All is new",
    "delivery_id": "message-1",
    "message_type": "sms",
}
NINE_EVENTS = [
    ("message.push.sent", "Push Pending Delivery", PUSH),
    ("message.push.received", "Push Confirmed Delivery", PUSH),
    ("message.push.clicked", "Push Clicked", PUSH),
    ("message.iam.impression", "IAM Displayed", IN_APP),
    ("message.iam.displayed", "IAM Displayed", IN_APP),
    ("message.iam.clicked", "In-App Message Clicked", IN_APP),
    ("message.email.sent", "Email Pending Delivery", EMAIL),
    ("message.email.opened", "Email Opened", EMAIL),
    ("message.email.clicked", "Email Clicked", EMAIL),
    ("message.sms.sent", "SMS Pending Delivery", SMS),
]


@pytest.mark.parametrize(("kind", "event_type", "properties"), NINE_EVENTS)
def test_each_of_the_nine_events_arrives_as_the_page_of_2022_says(world, kind, event_type, properties):
    world.stream(
        event_kind=kind,
        event_datetime="2026-03-10T12:00:00.123Z",
        message_title={"en": "Hello", "de": "Hallo"},
        message_contents={"en": "All is new"},
        user_language="en",
        event_data={"target_id": "button"},
    )

    world.bridge.run_due()

    assert world.us.events == [
        {
            "event_type": event_type,
            "time": 1_773_144_000_123,
            "insert_id": "event-1",
            "event_properties": properties,
            "user_id": "user-1",
            "device_id": "subscription-1",
        }
    ]


def test_the_contract_of_2022_has_nine_events_and_no_other():
    assert sorted(CONTRACTS["2022"].events) == sorted({kind for kind, _, _ in NINE_EVENTS} - {"message.iam.displayed"})
    assert set(CONTRACTS["2022"].events) <= KINDS


@pytest.mark.parametrize("contract", CONTRACTS.values(), ids=list(CONTRACTS))
def test_a_contract_names_only_fields_that_a_message_event_has(contract):
    sources = {source for event in contract.events.values() for source in event.properties.values()}

    assert sources <= set(MessageEvent.__struct_fields__)


def test_a_kind_outside_the_contract_is_counted_and_not_sent(world):
    answer = world.stream(event_kind="message.push.failed")

    assert answer.json == {"accepted": 0, "reason": "kind is not in contract 2022"}
    assert world.bridge.next_due() is None
    assert world.bridge.status().connections[0].events.ignored == {"kind is not in contract 2022": 1}


def test_an_unknown_kind_is_counted_and_kept(world):
    answers = [world.stream(event_kind="message.fax.sent", event_id="fax-1").json for _ in range(2)]

    world.run_until_quiet()

    (kept,) = world.bridge.deliveries(state="buried", user="user-1")
    assert answers == [{"accepted": 0, "reason": "unknown kind"}, {"accepted": 0, "reason": "already received"}]
    assert (kept.source_id, kept.kind, kept.reason) == ("fax-1", "message.fax.sent", "unknown kind")
    assert json.loads(kept.payload)["message_name"] == "Spring"
    assert world.bridge.status().connections[0].events.buried == {"unknown kind": 1}
    assert world.us.events == []


def test_only_selected_kinds_are_forwarded_and_older_names_select_too(make_world):
    world = make_world(events=frozenset({"message.iam.displayed"}))

    refused = world.stream(event_id="e1", event_kind="message.push.sent")
    taken = world.stream(event_id="e2", event_kind="message.iam.impression")

    assert refused.json == {"accepted": 0, "reason": "kind is not selected"}
    assert taken.json == {"accepted": 1}


def test_a_property_without_a_value_is_left_out_and_a_long_one_is_cut(world):
    world.stream(message_title="", message_contents="x" * 2000, message_name=None)

    world.bridge.run_due()

    properties = world.us.events[0]["event_properties"]
    assert properties == {"Message Contents": "x" * 1024, "delivery_id": "message-1", "message_type": "push"}


def test_the_shipped_template_renders_what_the_door_reads():
    template = files("bridge.contracts").joinpath("event_stream.json.liquid").read_text()
    names = re.findall(r"{{ (\w+)\.(\w+) \| json }}", template)
    context = {group: {name: "" for owner, name in names if owner == group} for group, _ in names}
    context["event"] |= {"kind": "message.push.sent", "id": "e1", "timestamp": 1_773_144_000, "external_id": 'Bo"b'}
    context["message"] |= {"title": {"en": "Hi"}, "contents": 'She said "no"\n'}

    rendered = Environment(extra=True).from_string(template).render(**context)

    event = parse_message_event(rendered.encode())
    assert json.loads(rendered)["message.title"] == {"en": "Hi"}
    assert (event.external_id, event.message_title, event.message_contents) == ('Bo"b', {"en": "Hi"}, 'She said "no"\n')
    assert event.subscription_id == ""
