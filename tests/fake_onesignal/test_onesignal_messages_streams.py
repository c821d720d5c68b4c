"""Event streams: received by a real HTTP server, retried on a clock that only the test moves."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import requests
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from fake_onesignal import Accepted, Envelope, Refused

KEY = {"Authorization": "Bearer fake-secret"}


class Door:
    """A customer's server: answers what it was told to, then 200, and keeps what it received."""

    def __init__(self, server: HTTPServer) -> None:
        self.url = server.url_for("/events")
        self.answers: list[Response] = []
        self.received: list[dict[str, object]] = []
        self.requests: list[Request] = []
        server.expect_request("/events", method="POST").respond_with_handler(self.take)

    def take(self, request: Request) -> Response:
        self.requests.append(request)
        if self.answers:
            return self.answers.pop(0)
        self.received.append(json.loads(request.get_data()))
        return Response(status=200)


@pytest.fixture
def door(httpserver: HTTPServer) -> Door:
    return Door(httpserver)


@pytest.fixture(autouse=True)
def direct_transport(shop):
    """No proxy of this machine between the fake and the server in the test."""
    session = shop.fake.world.session
    session.trust_env = False
    yield
    session.close()


def counts(shop):
    (counted,) = shop.fake.event_streams(shop.app.id)
    return (counted.delivered, counted.failed, counted.pending)


def test_an_event_arrives_as_the_body_that_the_houses_agreed_on(shop, door):
    shop.fake.add_event_stream(shop.app.id, url=door.url, headers=KEY)
    device = shop.device("anna")
    shop.call(
        "PATCH",
        f"/apps/{shop.app.id}/users/by/external_id/anna",
        {"properties": {"language": "de", "tags": {"a": "b"}}},
    )

    id_ = shop.push("anna", name="Spring", headings={"en": "Hi"}, contents={"en": "x" * 51}, url="https://shop.example")
    assert shop.fake.run_due() == 2

    (event,) = shop.fake.message_events(shop.app.id)
    moment = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
    assert door.received == [
        {
            "event.kind": "message.push.sent",
            "event.id": event.id,
            "event.timestamp": int(moment.timestamp()),
            "event.datetime": "2026-03-02T09:00:00.000Z",
            "event.app_id": shop.app.id,
            "event.subscription_device_type": "iOS",
            "event.subscription_id": device,
            "event.onesignal_id": event.onesignal_id,
            "event.external_id": "anna",
            "event.data": {},
            "message.id": id_,
            "message.name": "Spring",
            "message.title": {"en": "Hi"},
            "message.contents": {"en": "x" * 50},
            "message.template_id": "",
            "message.url": "https://shop.example",
            "user.language": "de",
            "user.tags": {"a": "b"},
        }
    ]
    assert door.requests[0].headers["Authorization"] == "Bearer fake-secret"
    assert door.requests[0].headers["Content-Type"] == "application/json"
    assert counts(shop) == (1, 0, 0)


def test_an_email_has_its_subject_as_plain_title_and_never_a_body(shop, door):
    shop.fake.add_event_stream(shop.app.id, url=door.url)
    shop.device("anna", "Email", "anna@example.com")

    shop.email("anna")
    shop.fake.run_due()

    assert [event["event.kind"] for event in door.received] == ["message.email.sent", "message.email.received"]
    assert {(event["message.title"], event["message.contents"]) for event in door.received} == {("News", "")}


def test_a_failed_send_and_an_in_app_message_say_what_is_special_about_them(shop, door):
    shop.fake.add_event_stream(shop.app.id, url=door.url)
    device = shop.device("anna", token="token-a")
    shop.carrier.outcomes["token-a"] = Refused("MISMATCHED_SENDER")
    message = shop.fake.create_in_app_message(shop.app.id, name="Welcome")

    shop.push("anna")
    shop.fake.run_due()
    shop.sdk(
        "POST", f"/in_app_messages/{message.id}/click", {"app_id": shop.app.id, "player_id": device, "click_id": "buy"}
    )
    shop.fake.run_due()

    failed, clicked = door.received
    assert failed["event.data"] == {"failure_reason": "MISMATCHED_SENDER"}
    assert clicked["event.data"] == {"target_id": "buy"}
    assert (clicked["message.name"], clicked["message.title"], clicked["message.contents"]) == ("Welcome", "", "")


def test_a_stream_has_no_past_and_only_the_chosen_kinds(shop, door):
    device = shop.device("anna")
    id_ = shop.push("anna")
    shop.fake.run_due()

    shop.fake.add_event_stream(shop.app.id, url=door.url, kinds=["message.push.clicked"])
    report = {"app_id": shop.app.id, "player_id": device}
    shop.sdk("PUT", f"/notifications/{id_}/report_received", report)
    shop.sdk("PUT", f"/notifications/{id_}", report | {"opened": True})
    shop.fake.run_due()

    assert [event["event.kind"] for event in door.received] == ["message.push.clicked"]


def test_a_customers_own_template_may_name_anything_and_absent_things_are_empty(shop, door):
    shop.fake.add_event_stream(
        shop.app.id,
        url=door.url,
        headers={"X-Kind": "{{ event.kind }}"},
        body_template='{"who": "{{ user.subscription.id }}", "no": "{{ event.no }}", "json": {{ no.such | json }}}',
    )
    device = shop.device("anna")

    shop.push("anna")
    shop.fake.run_due()

    assert door.received == [{"who": device, "no": "", "json": ""}]
    assert door.requests[0].headers["X-Kind"] == "message.push.sent"


NAMES = {
    "event": "kind id timestamp datetime app_id subscription_device_type subscription_id onesignal_id external_id",
    "message": "id name title contents template_id url app_url web_url live_activity_event_kind",
    "user": "onesignal_id external_id tags language",
    "user.subscription": "id app_id subscription_token session_count language game_version last_active play_time"
    " amount_spent created_at subscribed sdk device_model device_os",
}
"""What a template may name (facts/onesignal-api.md 7.1)."""


def test_every_name_of_the_page_can_be_used(shop, door):
    names = [f"{group}.{name}" for group, listed in NAMES.items() for name in listed.split()]
    template = "{" + ", ".join(f'"{name}": {{{{ {name} | json }}}}' for name in names) + "}"
    shop.fake.add_event_stream(shop.app.id, url=door.url, body_template=template)
    device = shop.device("anna", app_version="7.1", device_model="iPhone17,1", device_os="19.2", sdk="050300")
    person = {
        "properties": {"language": "de", "tags": {"vip": "1"}},
        "deltas": {"amount_spent": 9.5, "session_count": 1},
    }
    shop.call("PATCH", f"/apps/{shop.app.id}/users/by/external_id/anna", person)

    shop.push(
        "anna", name="Sale", headings={"en": "Hi"}, url="https://a.test", app_url="app://a", web_url="https://w.test"
    )
    shop.fake.run_due()

    [said] = door.received
    app, now = shop.app.id, int(shop.fake.world.now().timestamp())
    assert list(said) == names
    assert (said["event.subscription_device_type"], said["event.timestamp"], said["event.app_id"]) == ("iOS", now, app)
    assert (said["message.name"], said["message.title"], said["message.template_id"]) == ("Sale", {"en": "Hi"}, "")
    assert (said["message.url"], said["message.app_url"], said["message.web_url"]) == (
        *("https://a.test", "app://a", "https://w.test"),
    )
    assert (said["user.external_id"], said["user.tags"], said["user.language"]) == ("anna", {"vip": "1"}, "de")
    of_device = {
        name.removeprefix("user.subscription."): value for name, value in said.items() if "subscription." in name
    }
    assert of_device["id"] == said["event.subscription_id"] == device
    assert (of_device["subscription_token"], of_device["subscribed"]) == ("anna-iOSPush", True)
    assert (of_device["language"], of_device["amount_spent"], of_device["created_at"]) == ("de", 9.5, now)
    assert [of_device[name] for name in ("game_version", "device_model", "device_os", "sdk")] == [
        *("7.1", "iPhone17,1", "19.2", "050300"),
    ]


def test_a_title_is_an_object_even_where_nobody_asks_for_json(shop, door):
    shop.fake.add_event_stream(shop.app.id, url=door.url, body_template='["{{ message.title }}"]')
    shop.device("anna")

    shop.push("anna", headings={"en": "Hi"})
    shop.fake.run_due()

    assert door.received == [["{'en': 'Hi'}"]]


def test_a_503_is_tried_again_after_growing_delays_until_it_is_received(shop, door, clock):
    shop.fake.add_event_stream(shop.app.id, url=door.url)
    shop.device("anna")
    door.answers = [Response(status=503), Response(status=503)]
    start = clock.time

    shop.push("anna")
    shop.fake.run_due()
    waits = []
    while shop.fake.next_due() is not None:
        waits.append((shop.fake.next_due() - start).total_seconds())
        clock.time = shop.fake.next_due()
        shop.fake.run_due()

    assert waits == [1, 6]
    assert len({request.get_data() for request in door.requests}) == 1
    assert counts(shop) == (1, 0, 0)


def test_a_429_is_tried_again_when_the_server_asked_for_it(shop, door, clock):
    shop.fake.add_event_stream(shop.app.id, url=door.url)
    shop.device("anna")
    door.answers = [Response(status=429, headers={"Retry-After": "77"})]

    shop.push("anna")
    shop.fake.run_due()

    assert (shop.fake.next_due() - clock.time).total_seconds() == 77
    assert counts(shop) == (0, 0, 1)
    clock.advance(seconds=77)
    shop.fake.run_due()
    assert counts(shop) == (1, 0, 0)


@pytest.mark.parametrize("status", [302, 400, 404])
def test_any_other_answer_is_a_failure_for_good(shop, door, status):
    shop.fake.add_event_stream(shop.app.id, url=door.url)
    shop.device("anna")
    door.answers = [Response(status=status, headers={"Location": door.url})]

    shop.push("anna")
    shop.fake.run_due()

    assert counts(shop) == (0, 1, 0)
    assert shop.fake.next_due() is None


def test_the_fifth_failed_try_is_the_last(shop, door, clock):
    shop.fake.add_event_stream(shop.app.id, url=door.url)
    shop.device("anna")
    door.answers = [Response(status=500) for _ in range(9)]

    shop.push("anna")
    shop.fake.run_due()
    while shop.fake.next_due() is not None:
        clock.time = shop.fake.next_due()
        shop.fake.run_due()

    assert len(door.requests) == 5
    assert counts(shop) == (0, 1, 0)


def test_too_many_failures_in_a_row_disable_the_stream(shop, door):
    shop.fake.add_event_stream(shop.app.id, url=door.url)
    for number in range(103):
        shop.device(f"user-{number}")
    door.answers = [Response(status=400) for _ in range(200)]

    shop.post(included_segments=["All"], contents={"en": "Hello"})
    shop.fake.run_due()
    shop.push("user-1")
    shop.fake.run_due()

    (counted,) = shop.fake.event_streams(shop.app.id)
    assert (counted.is_enabled, counted.delivered, counted.failed, counted.pending) == (False, 0, 103, 0)
    assert len(door.requests) == 100


def test_a_server_that_is_not_there_is_a_failure_that_may_pass(shop, clock):
    shop.fake.add_event_stream(shop.app.id, url="http://127.0.0.1:1/events")
    shop.device("anna")

    shop.push("anna")
    shop.fake.run_due()

    assert counts(shop) == (0, 0, 1)
    assert (shop.fake.next_due() - clock.time).total_seconds() == 1


def test_a_tap_more_than_thirty_days_after_the_send_has_a_blank_message(shop, door, clock):
    shop.fake.add_event_stream(shop.app.id, url=door.url, kinds=["message.push.clicked"])
    device = shop.device("anna")
    id_ = shop.push("anna", name="Spring")
    shop.fake.run_due()
    clock.advance(days=30, seconds=1)

    shop.sdk("PUT", f"/notifications/{id_}", {"app_id": shop.app.id, "player_id": device, "opened": True})
    shop.fake.run_due()

    (clicked,) = door.received
    assert (clicked["message.id"], clicked["message.name"], clicked["message.contents"]) == (id_, "", "")


@pytest.mark.parametrize("name", ["Host", "content-length", "X-OneSignal-Event"])
def test_some_headers_may_not_be_set(shop, name):
    with pytest.raises(ValueError, match="may not set the header"):
        shop.fake.add_event_stream(shop.app.id, url="https://bridge.test", headers={name: "x"})


@pytest.mark.parametrize(
    "wrong", [{"kinds": ["message.push.displayed"]}, {"body_template": "{{ event.kind"}, {"body_template": "{% if %}"}]
)
def test_an_unknown_kind_or_a_broken_template_is_refused_at_once(shop, wrong):
    before = shop.fake.fingerprint()

    with pytest.raises(ValueError, match=r"no kind|not a Liquid"):
        shop.fake.add_event_stream(shop.app.id, url="https://bridge.test", **wrong)

    assert shop.fake.fingerprint() == before


def test_the_bearer_secret_is_not_in_the_streams_repr(shop):
    stream = shop.fake.add_event_stream(shop.app.id, url="https://bridge.test", headers=KEY)

    assert "fake-secret" not in repr(stream)
    assert isinstance(shop.fake.world.session, requests.Session)


def test_the_service_answers_others_while_it_calls_out(shop, httpserver):
    """Carrier and customer look at the message being sent: with the world's lock held they would wait for ever."""
    looks = []

    def look(subject: str) -> None:
        with ThreadPoolExecutor(1) as elsewhere:
            answer = elsewhere.submit(shop.call, "GET", f"/notifications?app_id={shop.app.id}").result(timeout=20)
            looks.append((subject, answer.status_code))

    class CuriousCarrier:
        def carry(self, envelope: Envelope) -> Accepted:
            look(envelope.type)
            return Accepted()

    def curious_customer(request: Request) -> Response:
        look(json.loads(request.get_data())["event.kind"])
        return Response(status=204)

    shop.fake.world.carrier = CuriousCarrier()
    httpserver.expect_request("/curious").respond_with_handler(curious_customer)
    shop.fake.add_event_stream(shop.app.id, url=httpserver.url_for("/curious"))
    shop.device("anna")

    shop.push("anna")
    shop.fake.run_due()

    assert looks == [("iOSPush", 200), ("message.push.sent", 200)]
