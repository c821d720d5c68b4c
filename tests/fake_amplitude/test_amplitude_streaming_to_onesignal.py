"""What a OneSignal app hears of events, over a real socket (facts/amplitude-api.md 5.1; facts/integration.md 3)."""

import json
from datetime import timedelta

import pytest
from werkzeug import Response

from fake_amplitude.streams import OneSignalApp


class App:
    """An app's `custom_events`, that keeps what it is sent and answers as planned first."""

    def __init__(self, httpserver, clock):
        self.requests, self.moments, self.answers, self.keys, self.clock = [], [], [], [], clock
        self.unknown = set()
        self.host = httpserver.url_for("")
        httpserver.expect_request("/apps/app-1/custom_events", method="POST").respond_with_handler(self.answer)

    def answer(self, request):
        events = json.loads(request.data)["events"]
        self.requests.append(events)
        self.moments.append(self.clock.moment)
        self.keys.append(request.headers["Authorization"])
        if self.answers and (planned := self.answers.pop(0)):
            return planned
        errors = [
            {
                "event_user_id": each["external_id"],
                "event_id": each["idempotency_key"],
                "error": {"code": "not found", "title": f"failed to find a onesignal_id for {each['external_id']}"},
            }
            for each in events
            if each["external_id"] in self.unknown
        ]
        return Response(json.dumps({"errors": errors}), 202, content_type="application/json")

    @property
    def names(self):
        return [each["name"] for events in self.requests for each in events]


@pytest.fixture
def app(httpserver, clock):
    return App(httpserver, clock)


@pytest.fixture
def streamed(amplitude, app):
    def begin(**chosen):
        target = OneSignalApp("app-1", "os-key", host=app.host)
        return amplitude.fake.dashboard.add_event_destination(amplitude.project, name="OS", target=target, **chosen)

    return begin


def counts(amplitude, destination):
    found = amplitude.fake.dashboard.stream_counts(destination.id)
    return {name: getattr(found, name) for name in ("on_first_attempt", "after_retry", "expired", "discarded")}


def test_an_event_is_streamed_under_the_mapped_value_with_the_chosen_properties_as_text(
    amplitude, app, streamed, event, clock
):
    streamed(
        mapped_property="gp:crm", event_properties=["cart", "items", "gone"], user_properties=["age"]
    )  # fmt: skip

    properties = {"cart": 12.5, "items": [1], "other": "x"}
    amplitude.upload(event("Pay", event_properties=properties, user_properties={"crm": 77, "age": 30}))
    assert amplitude.fake.next_due() == clock.moment
    amplitude.fake.run_due()

    ((sent,),) = app.requests
    key = sent.pop("idempotency_key")
    assert len(key) == 36
    assert sent == {
        "name": "Pay",
        "external_id": "77",
        "timestamp": "2026-03-10T12:00:00.000Z",
        "properties": {"cart": "12.5", "age": "30"},
    }
    assert app.keys == ["Key os-key"]
    assert amplitude.fake.next_due() is None


def test_only_chosen_events_are_streamed_and_none_from_before(amplitude, app, streamed, event):
    amplitude.upload(event("Pay"))
    streamed(event_types=["Pay"])

    amplitude.upload(event("Pay"), event("Open"))
    amplitude.fake.run_due()

    assert app.names == ["Pay"]


def test_reserved_names_are_never_streamed(amplitude, app, streamed, event):
    streamed()

    amplitude.upload(event("_all"), event("_identify"), event("Play"))
    amplitude.fake.run_due()

    assert app.names == ["Play"]


def test_an_event_of_nobody_known_is_discarded(amplitude, app, streamed, event):
    destination = streamed()

    amplitude.upload(event(user_id=None, device_id="device-anonymous"), event())
    amplitude.fake.run_due()

    assert len(app.names) == 1
    assert counts(amplitude, destination) == {"on_first_attempt": 1, "after_retry": 0, "expired": 0, "discarded": 1}


def test_an_event_that_a_202_names_is_retried_alone_with_the_same_key(amplitude, app, streamed, event, clock):
    destination = streamed()
    app.unknown = {"user-2"}
    amplitude.upload(event(), event(user_id="user-2", device_id="device-2"))

    amplitude.fake.run_due()
    first = app.requests[0]
    app.unknown = set()
    clock.moment = amplitude.fake.next_due()
    amplitude.fake.run_due()

    assert app.requests[1] == [first[1]]
    assert counts(amplitude, destination) == {"on_first_attempt": 1, "after_retry": 1, "expired": 0, "discarded": 0}


def test_ten_tries_are_spread_over_four_hours_and_then_the_event_expires(amplitude, app, streamed, event, clock):
    destination = streamed()
    app.unknown = {"user-1"}
    amplitude.upload(event())
    begun = clock.moment

    amplitude.run_until_quiet(timedelta(hours=5))

    assert len(app.requests) == 10
    assert app.moments[-1] - begun == timedelta(hours=4)
    assert len({each["idempotency_key"] for (each,) in app.requests}) == 1
    assert counts(amplitude, destination)["expired"] == 1
    assert amplitude.fake.next_due() is None


@pytest.mark.parametrize("status", [429, 500, 503])
def test_a_try_asks_up_to_three_times_at_once(amplitude, app, streamed, event, clock, status):
    destination = streamed()
    app.answers = [Response(status=status) for _ in range(4)]
    amplitude.upload(event())
    begun = clock.moment

    amplitude.fake.run_due()
    assert app.moments == [begun] * 3
    clock.moment = amplitude.fake.next_due()
    amplitude.fake.run_due()

    assert len(app.requests) == 5
    assert counts(amplitude, destination)["after_retry"] == 1


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_discards_the_events(amplitude, app, streamed, event, status):
    destination = streamed()
    app.answers = [Response(status=status)]
    amplitude.upload(event(), event())

    amplitude.fake.run_due()

    assert len(app.requests) == 1
    assert counts(amplitude, destination)["discarded"] == 2
    assert amplitude.fake.next_due() is None


def test_a_batch_refused_as_malformed_is_sent_again_one_by_one(amplitude, app, streamed, event):
    destination = streamed()
    app.answers = [Response("{}", 400), None, Response("{}", 400)]
    amplitude.upload(event("A"), event("B"), event("C"))

    amplitude.fake.run_due()

    assert [len(events) for events in app.requests] == [3, 1, 1, 1]
    assert app.names == ["A", "B", "C", "A", "B", "C"]
    assert counts(amplitude, destination) == {"on_first_attempt": 2, "after_retry": 0, "expired": 0, "discarded": 1}


@pytest.mark.parametrize("answer", ["", "[]", "{}", '{"errors":["x"]}', '{"errors":{}}'])
def test_a_202_that_names_nobody_has_taken_everything(amplitude, app, streamed, event, answer):
    destination = streamed()
    app.answers = [Response(answer, 202)]
    amplitude.upload(event())

    amplitude.fake.run_due()

    assert counts(amplitude, destination)["on_first_attempt"] == 1


def test_a_hundred_events_go_out_together(amplitude, app, streamed, event):
    streamed()
    amplitude.upload(*[event(user_id=f"user-{n}", device_id=f"device-{n}") for n in range(250)])

    assert amplitude.fake.run_due() == 3
    assert [len(events) for events in app.requests] == [100, 100, 50]


def test_a_removed_stream_is_silent(amplitude, app, streamed, event):
    destination = streamed()
    amplitude.upload(event())

    amplitude.fake.dashboard.remove_event_destination(destination.id)

    assert amplitude.fake.run_due() == 0
    assert app.requests == []


def test_keys_are_not_in_the_repr(streamed):
    assert "os-key" not in repr(streamed())


def test_streams_pause_when_the_months_volume_is_used_up_and_an_event_counts_once_for_all(
    amplitude, streamed, app, event, clock
):
    plays, everything = streamed(event_types=["Play"]), streamed()
    amplitude.fake.dashboard.change_streaming_volume(2)

    amplitude.upload(event("Play"), event("Stop"), event("Play"), event("Stop"))
    amplitude.run_until_quiet()
    assert sorted(app.names) == ["Play", "Play", "Stop"]
    assert [counts(amplitude, each)["discarded"] for each in (plays, everything)] == [1, 2]

    amplitude.fake.dashboard.change_streaming_volume(3)
    amplitude.upload(event("Stop"), event("Stop"))
    amplitude.run_until_quiet()
    assert sorted(app.names) == ["Play", "Play", "Stop", "Stop"]

    clock.advance(days=22)  # it is April
    amplitude.upload(event("Stop"))
    amplitude.run_until_quiet()
    assert sorted(app.names) == ["Play", "Play", "Stop", "Stop", "Stop"]
