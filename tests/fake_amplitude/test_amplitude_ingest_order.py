"""Which of two faults is named: the documented order of checks (facts/amplitude-api.md 2.1), pair by pair."""

import json
from itertools import combinations

import pytest

FAULTS = {
    "Invalid request path": lambda post: {**post, "path": "/2/nowhere"},
    "Missing request body": lambda post: {**post, "body": b""},
    "Payload too large": lambda post: {**post, "events": post["events"] * 1_001},
    "Invalid JSON request body": lambda post: {**post, "cut": 1},
    "Request missing required field": lambda post: {**post, "without": "api_key"},
    "Invalid API key: k": lambda post: {**post, "api_key": "k"},
    "Invalid event JSON": lambda post: {**post, "events": [7, *post["events"]]},
    "events_with_missing_fields": lambda post: changed(post, event_type=None),
    "events_with_invalid_fields": lambda post: changed(post, time="now"),
    "events_with_invalid_id_lengths": lambda post: changed(post, user_id="u"),
    "Invalid user_id or device_id": lambda post: changed(post, user_id="Anonymous"),
    "Events silenced for device_id": lambda post: changed(post, device_id="silenced"),
    "Too many requests for some devices and users": lambda post: changed(post, device_id="throttled"),
}
SAME_PLACE = {  # both faults cannot be had in one request
    ("Invalid request path", "Missing request body"),
    ("Missing request body", "Payload too large"),
    ("Payload too large", "Invalid JSON request body"),
}


def changed(post, **fields):
    """Spoil an event of its own: each fault has its index."""
    return {**post, "events": [*post["events"], {"event_type": "Play", "device_id": "device-5", **fields}]}


def sent(amplitude, post):
    document = {"api_key": post.get("api_key", amplitude.project.api_key), "events": post["events"]}
    document.pop(post.get("without"), None)
    body = post.get("body", json.dumps(document).encode()[: -1 if "cut" in post else None])
    return amplitude.client.post(post["path"], data=body, content_type="application/json")


@pytest.fixture
def strict(documented, event):
    documented.upload(*[event(user_id=None, device_id="throttled")] * 900)
    documented.fake.silence_device(documented.project, "silenced")
    return documented


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_named(strict, event, fault):
    answer = sent(strict, FAULTS[fault]({"path": "/2/httpapi", "events": [event(), event()]}))

    assert fault in answer.text
    assert answer.json["code"] == answer.status_code >= 400


@pytest.mark.parametrize(
    ("first", "second"), [pair for pair in combinations(FAULTS, 2) if pair not in SAME_PLACE], ids=lambda fault: fault
)
def test_of_two_faults_the_earlier_check_is_named(strict, event, first, second):
    before = strict.fake.fingerprint()
    post = {"path": "/2/httpapi", "events": [event(), event()]}

    answer = sent(strict, FAULTS[first](FAULTS[second](post)))

    assert first in answer.text
    assert strict.fake.fingerprint() == before
