"""Bridges broken through their seams: what they send, what they hear, what their doors answer, how they are set."""

import itertools
from dataclasses import replace
from io import BytesIO

import orjson
import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from urllib3 import HTTPResponse

from bridge import Bridge, Settings
from simulator.hosts import BRIDGE_HOST


class Meddler(BaseAdapter):
    """A transport that meddles with what the bridge sends and hears, before and after the street's own transport."""

    def __init__(self, inner, meddle):
        super().__init__()
        self.inner = inner
        self.meddle = meddle

    def send(self, request, **words):
        def carry(body=None, *, url=None):
            copy = request.copy()
            copy.url = url or request.url
            if body is not None:
                copy.body = orjson.dumps(body)
                copy.headers["Content-Length"] = str(len(copy.body))
            return self.inner.send(copy, **words)

        return self.meddle(request, orjson.loads(request.body) if request.body else {}, carry)

    def close(self):
        self.inner.close()


def said(request, status, body, **headers):
    """Make an answer that no vendor gave."""
    raw = HTTPResponse(body=BytesIO(orjson.dumps(body)), status=status, headers=headers, preload_content=False)
    return HTTPAdapter().build_response(request, raw)


def break_the_bridge(simulation, *, meddle=None, door=None, **settings):
    """Put a broken bridge in the place of the honest one."""
    session = simulation.network.session("bridge")
    if meddle is not None:
        session.mount("https://", Meddler(session.get_adapter("https://"), meddle))
    connection = replace(simulation.connection, **settings)
    broken = Bridge(
        Settings(connections=(connection,)), now=simulation.clock.now, ids=simulation._ids("bridge"), session=session
    )
    simulation._bridge.close()
    simulation._bridge = broken
    simulation.network.settle(door(broken) if door else broken, BRIDGE_HOST)


def is_custom(request):
    """Say whether a request carries custom events."""
    return request.url.endswith("/custom_events")


def rewriting(rewrite):
    """Make a meddler that rewrites the body of every upload to Amplitude."""

    def meddle(request, body, carry):
        return carry(rewrite(body)) if "events" in body and not is_custom(request) else carry()

    return meddle


def each_event(change):
    """Make a meddler that changes every event of every upload."""

    def rewrite(body):
        for event in body["events"]:
            change(event)
        return body

    return rewriting(rewrite)


def members(change):
    """Make a meddler that changes every call that changes a cohort's members; None leaves it out altogether."""

    def meddle(request, body, carry):
        if not request.url.endswith("/members"):
            return carry()
        changed = change(body)
        return said(request, 200, {"success": True}) if changed is None else carry(changed)

    return meddle


def fresh_insert_ids(numbers=None):
    numbers = itertools.count()
    return each_event(lambda event: event.update(insert_id=f"fresh-{next(numbers)}"))


def fresh_insert_ids_on_a_retry():
    seen, numbers = set(), itertools.count()

    def change(event):
        if event["insert_id"] in seen:
            event["insert_id"] = f"fresh-{next(numbers)}"
        seen.add(event["insert_id"])

    return each_event(change)


def no_insert_ids():
    return each_event(lambda event: event.pop("insert_id"))


def one_user_for_all():
    return each_event(lambda event: event.update(user_id="user-1"))


def neighbours_swapped():
    def rewrite(body):
        users = [event["user_id"] for event in body["events"]]
        for event, user in zip(body["events"], users[1:] + users[:1], strict=True):
            event["user_id"] = user
        return body

    return rewriting(rewrite)


def another_device():
    return each_event(lambda event: event.update(device_id=f"{event['user_id']}-phone"))


def another_time():
    return each_event(lambda event: event.update(time=event["time"] + 1_000))


def sent_now_instead_of_then():
    return each_event(lambda event: event.pop("time"))


def another_name():
    return each_event(lambda event: event.update(event_type=event["event_type"].replace("Clicked", "Pending Delivery")))


def another_text():
    return each_event(lambda event: event["event_properties"].update({"Message Contents": "Hello, you"}))


def a_property_too_many():
    return each_event(lambda event: event["event_properties"].update(campaign="spring"))


def a_property_too_few():
    return each_event(lambda event: event["event_properties"].pop("delivery_id"))


def properties_of_the_user():
    return each_event(lambda event: event.update(user_properties={"reached": True}))


def last_things_first():
    return rewriting(lambda body: body | {"events": body["events"][::-1]})


def revenue_out_of_nothing():
    return each_event(lambda event: event.update(revenue=9.99))


def a_session_of_its_own():
    return each_event(lambda event: event.update(session_id=event["time"]))


def half_of_each_batch():
    return rewriting(lambda body: body | {"events": body["events"][::2]})


def only_the_first_half_after_a_413():
    coming = []

    def meddle(request, body, carry):
        if "events" in body and coming and coming.pop() == "the second half":
            return said(request, 200, {"code": 200, "events_ingested": len(body["events"])})
        answer = carry()
        if answer.status_code == 413:
            coming[:] = ["the second half", "the first half"]
        return answer

    return meddle


def wrong_key():
    return rewriting(lambda body: body | {"api_key": "0" * 32})


def failures_taken_for_success():
    def meddle(request, _body, carry):
        try:
            answer = carry()
        except requests.RequestException:
            return said(request, 200, {"code": 200})
        return said(request, 200, {"code": 200}) if answer.status_code >= 400 else answer

    return meddle


def deaf_to_retry_after():
    def meddle(_request, _body, carry):
        answer = carry()
        answer.headers.pop("Retry-After", None)
        return answer

    return meddle


def buried_without_a_vendors_word():
    def meddle(request, body, carry):
        refused = any(event["user_id"] == "user-1" for event in body.get("events", ()))
        return said(request, 400, {"code": 400, "error": "No thanks"}) if refused else carry()

    return meddle


def everything_twice_under_two_users():
    def meddle(_request, body, carry):
        answer = carry()
        if "events" in body:
            for event in body["events"]:
                event["user_id"] = "user-1"
            carry(body)
        return answer

    return meddle


def an_event_of_its_own():
    def meddle(_request, body, carry):
        if "events" in body:
            body["events"].append({"event_type": "Bridge Uploaded", "user_id": "user-1"})
        return carry(body) if body else carry()

    return meddle


def users_created():
    def meddle(request, body, carry):
        for external_id in body.get("add", ()):
            user = {"identity": {"external_id": external_id}, "properties": {"tags": {"from": "bridge"}}}
            carry(user, url=request.url.split("/modelled")[0] + f"/apps/{request.url.split('/')[5]}/users")
        return carry()

    return meddle


def no_removals():
    return members(lambda body: body | {"remove": []})


def no_additions():
    return members(lambda body: body | {"add": []})


def removals_acknowledged_and_dropped():
    return members(lambda body: None if body["remove"] else body)


def additions_and_removals_exchanged():
    return members(lambda body: {"add": body["remove"], "remove": body["add"]})


def exits_before_entries():
    """Hold every entry until the next exit has gone."""
    held = []

    def meddle(request, body, carry):
        if not request.url.endswith("/members"):
            return carry()
        if body["add"]:
            held.append(body)
            return said(request, 200, {"success": True})
        answer = carry()
        while held:
            carry(held.pop())
        return answer

    return meddle


def acknowledged_before_stored(every=2):
    """Answer every second call with 200 and forget it."""
    numbers = itertools.count(1)

    def door(bridge):
        def enter(environ, start_response):
            if next(numbers) % every:
                return bridge(environ, start_response)
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b'{"accepted":1,"listId":"0"}']

        return enter

    return door


def open_to_everybody(bridge):
    """Let everybody in with the secret of the connection."""

    def enter(environ, start_response):
        secret = bridge._doors["main"].secret
        return bridge(environ | {"HTTP_AUTHORIZATION": f"Bearer {secret}"}, start_response)

    return enter


def always_busy(_bridge):
    def enter(_environ, start_response):
        start_response("503 Service Unavailable", [("Retry-After", "1")])
        return [b"{}"]

    return enter
