"""More broken bridges: what careless code does to ids, times, texts, cohorts, retries and regions."""

import itertools
from datetime import timedelta

import laws_broken_bridges as broken
import requests
from laws_broken_bridges import each_event, members, rewriting, said


def device_dropped():
    return each_event(lambda event: event.pop("device_id"))


def user_dropped():
    return each_event(lambda event: event.pop("user_id"))


def ids_in_capitals():
    return each_event(lambda event: event.update(user_id=event["user_id"].upper()))


def ids_with_a_blank():
    return each_event(lambda event: event.update(user_id=f" {event['user_id']}"))


def user_and_device_exchanged():
    return each_event(lambda event: event.update(user_id=event["device_id"], device_id=event["user_id"]))


def time_in_seconds():
    return each_event(lambda event: event.update(time=event["time"] // 1_000))


def time_without_milliseconds():
    return each_event(lambda event: event.update(time=event["time"] // 1_000 * 1_000))


def an_hour_off():
    return each_event(lambda event: event.update(time=event["time"] + 3_600_000))


def message_name_instead_of_title():
    return each_event(lambda event: event["event_properties"].update(Message="name"))


def title_cut():
    return each_event(lambda event: event["event_properties"].update(Message=event["event_properties"]["Message"][:2]))


def text_and_title_exchanged():
    def exchange(event):
        said = event["event_properties"]
        said["Message"], said["Message Contents"] = said["Message Contents"], said["Message"]

    return each_event(exchange)


def messages_exchanged():
    def rewrite(body):
        ids = [event["event_properties"]["delivery_id"] for event in body["events"]]
        every = list(dict.fromkeys([*seen, *ids]))
        seen[:] = every
        for event in body["events"]:
            event["event_properties"]["delivery_id"] = every[0]
        return body

    seen = []
    return rewriting(rewrite)


def insert_id_instead_of_message_id():
    return each_event(lambda event: event["event_properties"].update(delivery_id=event["insert_id"]))


def another_channel():
    return each_event(lambda event: event["event_properties"].update(message_type="in-app"))


def a_language_nobody_speaks():
    return each_event(lambda event: event["event_properties"].update(language="xx"))


def a_country_out_of_nothing():
    return each_event(lambda event: event.update(country="Germany", platform="Android"))


def opted_into_a_group():
    return each_event(lambda event: event.update(groups={"company": "ACME"}))


def clicks_told_as_sent():
    def change(event):
        if event["event_type"] == "Push Clicked":
            event["event_type"] = "Push Confirmed Delivery"

    return each_event(change)


def clicks_left_out():
    def rewrite(body):
        kept = [event for event in body["events"] if event["event_type"] != "Push Clicked"]
        return body | {"events": kept} if kept else body | {"events": [{"event_type": "Push Clicked"}]}

    return rewriting(rewrite)


def last_of_each_batch():
    return rewriting(lambda body: body | {"events": body["events"][:-1] or body["events"]})


def another_device_on_a_retry():
    seen = set()

    def change(event):
        if event["insert_id"] in seen:
            event["device_id"] = "retried"
        seen.add(event["insert_id"])

    return each_event(change)


def both_regions(eu_key):
    def meddle(_request, body, carry):
        if "events" in body:
            carry(body | {"api_key": eu_key}, url="https://api.eu.amplitude.com/2/httpapi")
        return carry()

    return meddle


def the_old_endpoint():
    def meddle(request, _body, carry):
        return carry(url=request.url.replace("/2/httpapi", "/httpapi"))

    return meddle


def throttled_taken_for_delivered():
    def meddle(request, _body, carry):
        answer = carry()
        return said(request, 200, {"code": 200}) if answer.status_code == 429 else answer

    return meddle


def too_large_taken_for_delivered():
    def meddle(request, _body, carry):
        answer = carry()
        return said(request, 200, {"code": 200}) if answer.status_code == 413 else answer

    return meddle


def an_identify_of_its_own():
    def meddle(request, body, carry):
        if "events" in body:
            first = body["events"][0]
            said = {"user_id": first.get("user_id"), "user_properties": {"$set": {"plan": "reached"}}}
            form = {"api_key": body["api_key"], "identification": [said]}
            carry(form, url=request.url.replace("/2/httpapi", "/identify"))
        return carry()

    return meddle


def hammering():
    """Try again at once, forty times."""

    def meddle(_request, _body, carry):
        for _ in range(40):
            try:
                answer = carry()
            except requests.RequestException:
                continue
            if answer.status_code < 400:
                return answer
        return carry()

    return meddle


def another_cohort():
    def meddle(request, _body, carry):
        url = request.url.replace("amplitude_cohorts/", "amplitude_cohorts/x")
        return carry(url=url)

    return meddle


def name_of_the_cohort_folded():
    def meddle(request, body, carry):
        return carry({"name": body["name"].lower()}) if request.method == "PUT" else carry()

    return meddle


def cohort_never_named():
    """Swallow the naming of cohorts, and whatever then goes wrong."""

    def meddle(request, _body, carry):
        if "/amplitude_cohorts/" not in request.url:
            return carry()
        answer = said(request, 200, {"success": True}) if request.method == "PUT" else carry()
        return said(request, 200, {"success": True}) if answer.status_code >= 400 else answer

    return meddle


def one_member_forgotten():
    return members(lambda body: body | {"add": body["add"][:-1], "remove": body["remove"]} if body["add"] else body)


def members_in_capitals():
    return members(lambda body: {side: [each.upper() for each in ids] for side, ids in body.items()})


def a_friend_for_everybody():
    return members(lambda body: body | {"add": [*body["add"], "user-0", "user-1"]})


def exits_repeated_late():
    """Say every exit again after the next entry."""
    exits = []

    def meddle(request, body, carry):
        answer = carry()
        if request.url.endswith("/members"):
            for leaving in exits if body["add"] else ():
                carry({"add": [], "remove": leaving})
            if body["remove"]:
                exits.append(body["remove"])
        return answer

    return meddle


def entries_repeated_late():
    """Say the first entries again after every exit."""
    entries = []

    def meddle(request, body, carry):
        answer = carry()
        if request.url.endswith("/members"):
            if body["remove"] and entries:
                carry({"add": entries[0], "remove": []})
            if body["add"]:
                entries.append(body["add"])
        return answer

    return meddle


def first_exit_forgotten():
    numbers = itertools.count()
    return members(lambda body: None if body["remove"] and next(numbers) == 0 else body)


def gives_up_at_once(monkeypatch):
    monkeypatch.setattr("bridge.relay.gives_up", lambda _delivery, last_words, _now: last_words)


def gives_up_with_an_excuse(monkeypatch):
    monkeypatch.setattr("bridge.relay.gives_up", lambda _delivery, words, _now: f"given up after 7 days: {words}")


def calls_everything_late(monkeypatch):
    monkeypatch.setattr("bridge.relay.too_late", lambda *_: "sent on 2026-01-01, and too late to repeat")


def finds_every_id_bad(monkeypatch):
    monkeypatch.setattr("bridge.message_events.objection", lambda name, _id, **_: f"{name} is a placeholder, not an id")


def never_rests(monkeypatch):
    monkeypatch.setattr("bridge.relay.wait_after", lambda _failures, _asked=None: timedelta(seconds=1))


def halves_are_forgotten(monkeypatch):
    """Of a batch that is too large only the first half is sent again."""
    from bridge.answers import Delivered  # noqa: PLC0415  # only this bridge answers so
    from bridge.batches import Verdict  # noqa: PLC0415

    monkeypatch.setattr("bridge.amplitude_answers._alone_or_halved", lambda *_: Verdict(whole=Delivered()))


def door_forgets_clicks(bridge):
    """Acknowledge clicks and forget them."""
    return _door(bridge, forgets=b"message.push.clicked")


def door_forgets_removals(bridge):
    """Acknowledge the end of a membership and forget it."""

    def enter(environ, start_response):
        if not environ["PATH_INFO"].endswith("/remove"):
            return bridge(environ, start_response)
        start_response("200 OK", [("Content-Type", "application/json")])
        return [b"{}"]

    return enter


def _door(bridge, *, forgets):
    def enter(environ, start_response):
        body = environ["wsgi.input"].read()
        if forgets in body:
            start_response("200 OK", [("Content-Type", "application/json")])
            return [b'{"accepted":1}']
        return bridge(environ | {"wsgi.input": broken.BytesIO(body)}, start_response)

    return enter
