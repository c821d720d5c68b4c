"""The busiest door is answered before Flask, and says what Flask would say."""

from __future__ import annotations

import json
from threading import Barrier, Thread

import pytest
from test_bridge_doors import EVENT, EVENTS
from werkzeug.test import Client

from bridge.letterbox import Letterbox

GOOD = {"Authorization": "Bearer door-secret"}
REQUESTS = {
    "an event": (GOOD, json.dumps(EVENT)),
    "a repeated event": (GOOD, json.dumps(EVENT | {"event.id": "repeated"})),
    "an unknown kind": (GOOD, json.dumps(EVENT | {"event.kind": "message.fax.sent"})),
    "no JSON": (GOOD, "{"),
    "a missing field": (GOOD, "{}"),
    "no secret": ({}, json.dumps(EVENT)),
    "a wrong secret": ({"Authorization": "Bearer wrong"}, json.dumps(EVENT)),
    "another scheme": ({"Authorization": "Basic door-secret"}, json.dumps(EVENT)),
    "a body that is too long": (GOOD, " " * 1_000_001),
    "an empty body": (GOOD, ""),
}


@pytest.mark.parametrize("name", REQUESTS)
@pytest.mark.parametrize("outbox_maximum", [1_000, 1])
def test_before_flask_and_in_flask_the_answers_are_equal(make_world, name, outbox_maximum):
    headers, body = REQUESTS[name]
    answers = []
    for path in (EVENTS, EVENTS.replace("shop", "%73hop")):  # an encoded name is left to Flask
        world = make_world(outbox_maximum=outbox_maximum)
        world.stream(event_id="repeated")
        answers.append(Client(world.bridge).post(path, headers=headers, data=body))

    before, inside = answers
    assert (before.status, before.data) == (inside.status, inside.data)
    assert sorted(before.headers) == sorted(inside.headers)


def test_letters_that_come_while_one_is_written_are_written_together():
    begun, go_on = Barrier(2), Barrier(2)
    written, answers = [], {}

    def write(letters):
        written.append(list(letters))
        if len(written) == 1:
            begun.wait(10)
            go_on.wait(10)
        return [letter != "refused" for letter in letters]

    box = Letterbox(write)

    def put(letter):
        answers[letter] = box.put(letter)

    first = Thread(target=put, args=("first",))
    first.start()
    begun.wait(10)
    others = [Thread(target=put, args=(letter,)) for letter in ("second", "refused", "third")]
    for thread in others:
        thread.start()
    while len(box._queue) < len(others):
        pass
    go_on.wait(10)
    for thread in (first, *others):
        thread.join(10)

    assert [sorted(together) for together in written] == [["first"], ["refused", "second", "third"]]
    assert answers == {"first": True, "second": True, "third": True, "refused": False}


def test_when_writing_fails_everybody_who_waited_hears_of_it():
    def write(_):
        raise OSError("the disk is full")

    box = Letterbox(write)

    for _ in range(2):
        with pytest.raises(OSError, match="full"):
            box.put("letter")
