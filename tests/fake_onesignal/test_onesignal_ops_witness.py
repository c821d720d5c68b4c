"""The witness of all answers: what it notices, so that its silence means something."""

from __future__ import annotations

import json

import pytest
from onesignal_exceptions import EXCUSED
from onesignal_openapi import complaints, document
from onesignal_witness import Witness

from fake_onesignal.operations import declared

APP = "/apps/4cdd2055-930d-4eaf-94f4-733f3e7d1bfb"
JSON = {"Content-Type": "application/json"}


def seen(method, path, status, body, headers=JSON):
    witness = Witness()
    witness.see(method, path, status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())
    return [complaint.partition("[")[2].partition("]")[0] for complaint in witness.complaints]


@pytest.mark.parametrize(
    ("answer", "check"),
    [
        (("GET", "/apps", 201, []), "status"),
        (("GET", "/nowhere", 400, {}), "status"),
        (("GET", "/apps", 405, {}, {}), "allow"),
        (("DELETE", f"{APP}/subscriptions/1", 202, b""), "json"),
        (("GET", f"{APP}/segments", 200, {"segments": [], "offset": None}), "client"),
        (("GET", f"{APP}/segments/1", 200, {"subscriber_count": "1"}), "client"),
    ],
)
def test_it_notices_what_the_vendor_would_not_say(answer, check):
    assert check in seen(*answer)


@pytest.mark.parametrize(
    "answer",
    [
        ("GET", "/apps", 200, []),
        ("HEAD", "/apps", 200, b""),
        ("OPTIONS", "/apps", 200, b""),
        ("GET", f"{APP}/android_params.js", 304, b""),
        ("GET", f"{APP}/segments/1", 200, {"subscriber_count": 1, "payload": {"filters": [{"field": "tag"}]}}),
    ],
)
def test_it_is_silent_about_what_the_vendor_says(answer):
    assert seen(*answer) == []


def test_every_excuse_is_of_an_operation_and_has_a_reason():
    assert {name for name, _ in EXCUSED} <= {one.operation for one in declared()}
    assert all(excuse.reason for excuse in EXCUSED.values())


def test_a_value_is_held_against_the_part_of_json_schema_that_the_document_uses():
    schema = {
        "type": "object",
        "required": ["id"],
        "properties": {
            "id": {"type": "string"},
            "state": {"type": "string", "nullable": True, "enum": ["on", "off"]},
            "hours": {"type": "array", "maxItems": 2, "items": {"type": "integer", "minimum": 0, "maximum": 23}},
        },
        "additionalProperties": {"type": "number"},
    }

    assert complaints({"id": "1", "state": None, "hours": [0, 23], "more": 1.5}, schema) == []
    assert complaints({"state": "open", "hours": [24, True, 1], "more": "x"}, schema) == [
        "body.id is missing",
        "body.state is none of ['on', 'off']: 'open'",
        "body.hours is too long",
        "body.hours[0] is out of range: 24",
        "body.hours[1] is no integer: True",
        "body.more is no number: 'x'",
    ]


def test_the_vendors_document_names_the_operations_of_the_list_and_their_statuses():
    if document() is None:
        return
    listed = {one.operation: one for one in declared()}
    described = [one for path in document()["paths"].values() for one in path.values()]
    unlisted = {
        (one["operationId"], status)
        for one in described
        for status in one["responses"]
        if status not in {"default", "429"} and int(status) not in listed[one["operationId"]].statuses
    }

    assert not unlisted
