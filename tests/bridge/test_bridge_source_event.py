from __future__ import annotations

import json

import pytest

from bridge.errors import Malformed
from bridge.naming import localised
from bridge.source_event import parse_message_event

SECONDS = 1_773_144_000  # 2026-03-10T12:00:00Z
FLAT = {
    "event.kind": "message.push.sent",
    "event.id": "e1",
    "event.timestamp": SECONDS,
    "event.external_id": "u1",
    "event.subscription_id": "s1",
    "event.subscription_device_type": "iOS",
    "message.id": "m1",
    "message.title": {"en": "Hi"},
    "user.language": "en",
}


def parsed(**changes):
    return parse_message_event(
        json.dumps(FLAT | {key.replace("_", ".", 1): value for key, value in changes.items()}).encode()
    )


def test_flat_nested_and_grouped_bodies_say_the_same():
    nested = {"event": {}, "message": {}, "user": {}}
    for key, value in FLAT.items():
        group, _, name = key.partition(".")
        nested[group][name] = value
    events = {key: value for key, value in FLAT.items() if not key.startswith("message.")}
    grouped = {"Event Data": events, "Message Data": {k: v for k, v in FLAT.items() if k.startswith("message.")}}

    assert parse_message_event(json.dumps(nested).encode()) == parsed()
    assert parse_message_event(json.dumps(grouped).encode()) == parsed()


@pytest.mark.parametrize(
    ("timestamp", "moment", "time_ms"),
    [
        (SECONDS, None, SECONDS * 1000),
        (SECONDS, "", SECONDS * 1000),
        (str(SECONDS), None, SECONDS * 1000),
        (SECONDS + 0.5, None, SECONDS * 1000 + 500),
        (None, "2026-03-10T12:00:00.123Z", SECONDS * 1000 + 123),
        ("", "2026-03-10T13:00:00.123+01:00", SECONDS * 1000 + 123),
        (SECONDS, "2026-03-10T12:00:00.999Z", SECONDS * 1000 + 999),
        (SECONDS, "2026-03-10T12:00:00.999", SECONDS * 1000 + 999),
        (SECONDS, "2026-03-10T12:00:01.000Z", SECONDS * 1000),
        (0, None, 0),
    ],
)
def test_the_finer_of_both_times_is_taken_when_they_agree(timestamp, moment, time_ms):
    assert parsed(event_timestamp=timestamp, event_datetime=moment).time_ms == time_ms


@pytest.mark.parametrize(
    ("text", "language", "chosen"),
    [
        ({"en": "Hi", "de": "Hallo"}, "de", "Hallo"),
        ({"en": "Hi", "de": "Hallo"}, "fr", "Hi"),
        ({"es": "Hola", "de": "Hallo"}, "fr", "Hola"),
        ({"en": "", "de": "Hallo"}, "en", "Hallo"),
        ({"en": None}, "en", ""),
        ({}, "en", ""),
        ("Hi", "de", "Hi"),
        (None, "de", ""),
    ],
)
def test_a_localised_text_is_read_in_the_events_language_else_english_else_the_first(text, language, chosen):
    assert localised(text, language) == chosen


@pytest.mark.parametrize(
    ("older", "today"),
    [
        ("message.iam.displayed", "message.iam.impression"),
        ("message.iam.pagedisplayed", "message.iam.page_displayed"),
        ("message.email.hardbounced", "message.email.bounced"),
        ("message.email.supressed", "message.email.suppressed"),
        ("message.email.resporedasspam", "message.email.reported_as_spam"),
    ],
)
def test_older_names_of_a_kind_are_understood(older, today):
    assert parsed(event_kind=older).kind == today


def test_a_complaint_names_the_field():
    with pytest.raises(Malformed, match=r"event\.id"):
        parsed(event_id=7)
