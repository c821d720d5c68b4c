"""Verdicts: each sin committed by a real client on the wire is named, and the same client without it is not."""

import pytest
import requests

from simulator.disturbances import AnswerLost, Failing, WrongContent
from simulator.occasions import always, first
from simulator.suspicions import DEPRECATED, OVER_LIMIT, SUSPICIOUS
from simulator.verdicts import EARLY, FRESH_KEY, HAMMERING, HOPELESS, SENT_AGAIN, verdicts

UPLOAD = "https://api2.amplitude.com/2/httpapi"


class Client:
    """A developer's own code, with `requests` and production URLs."""

    def __init__(self, simulation):
        self.simulation = simulation
        self.session = simulation.session()

    def upload(self, *events, **more):
        body = {"api_key": self.simulation.project.api_key, "events": list(events), **more}
        try:
            return self.session.post(UPLOAD, json=body, timeout=10)
        except requests.RequestException:
            return None

    def notify(self, **message):
        headers = {"Authorization": f"Key {self.simulation.app.rest_api_key}"}
        body = {"app_id": self.simulation.app.id, "contents": {"en": "Hello"}, **message}
        try:
            return self.session.post("https://api.onesignal.com/notifications", json=body, headers=headers, timeout=10)
        except requests.RequestException:
            return None

    @property
    def sins(self):
        return [verdict.sin for verdict in verdicts(self.simulation.journal)]


@pytest.fixture
def client(simulation):
    return Client(simulation)


def event(key="e-1", **more):
    return {"user_id": "user-1", "event_type": "Play", "time": 1_767_603_600_000, "insert_id": key} | more


def weather(client, what, host="api2.amplitude.com"):
    client.simulation.network.disturb(what, first(1).to(host))


@pytest.mark.parametrize(("waited_s", "sins"), [(59, [EARLY]), (60, [])])
def test_coming_back_before_retry_after(client, waited_s, sins):
    weather(client, Failing(429, retry_after_s=60))

    client.upload(event())
    client.simulation.wait(waited_s)
    client.upload(event())

    assert client.sins == sins


@pytest.mark.parametrize(("again", "sins"), [("none", [HOPELESS]), ({}, [])])
def test_retrying_what_cannot_succeed(client, again, sins):
    refused = {"user_id": "user-1", "event_type": "Play", "event_properties": "none"}

    client.upload(refused)
    client.simulation.wait(5)
    client.upload(refused | {"event_properties": again})

    assert client.sins == sins


def test_retrying_an_event_that_was_pointed_at_in_another_batch(client):
    bad = event("bad", time="yesterday")

    client.upload(event("e-1"), bad)
    client.upload(bad)
    client.upload(event("e-1"))

    assert [(verdict.sin, "'bad'" in verdict.words) for verdict in verdicts(client.simulation.journal)] == [
        (HOPELESS, True)
    ]


@pytest.mark.parametrize(("key", "sins"), [("e-2", [FRESH_KEY]), ("e-1", []), (None, [FRESH_KEY])])
def test_a_new_insert_id_on_a_retry(client, key, sins):
    weather(client, AnswerLost())

    client.upload(event("e-1"))
    client.upload(event(key))

    assert client.sins == sins


@pytest.mark.parametrize(("key", "sins"), [("key-2", [FRESH_KEY]), ("key-1", [])])
def test_a_new_idempotency_key_on_a_retry(client, key, sins):
    weather(client, Failing(502, after_effect=True), "api.onesignal.com")

    client.notify(included_segments=["Total Subscriptions"], idempotency_key="key-1")
    client.notify(included_segments=["Total Subscriptions"], idempotency_key=key)

    assert client.sins == sins


def test_two_events_of_one_kind_are_no_retry_of_each_other(client):
    client.upload(event("e-1"))
    client.upload(event("e-2"))

    assert client.sins == []


@pytest.mark.parametrize(("key", "sins"), [("e-1", [SENT_AGAIN]), ("e-2", [])])
def test_sending_an_accepted_insert_id_again(client, key, sins):
    client.upload(event("e-1"))
    client.upload(event(key, event_type="Pause"))

    assert client.sins == sins


def test_what_was_accepted_unheard_of_may_be_sent_again(client):
    for what in (AnswerLost(), WrongContent()):
        weather(client, what)
        client.upload(event("e-1"))
    client.upload(event("e-1"))

    assert client.sins == []


@pytest.mark.parametrize(("count", "sins"), [(2_001, [OVER_LIMIT]), (2_000, [])])
def test_a_batch_over_the_limit_of_events(client, count, sins):
    client.upload(*({"user_id": "user-1", "event_type": "P"} for _ in range(count)))

    assert client.sins == sins


@pytest.mark.parametrize(("characters", "sins"), [(1_000_000, [OVER_LIMIT]), (990_000, [])])
def test_a_batch_over_the_limit_of_bytes(client, characters, sins):
    client.upload(event(event_properties={"text": "x" * characters}))

    assert client.sins == sins


@pytest.mark.parametrize(
    ("audience", "sins"),
    [
        ({"include_external_user_ids": ["user-1"]}, [DEPRECATED]),
        ({"include_player_ids": ["2e8f3b5f-9a3c-4d9f-8f4e-111111111111"]}, [DEPRECATED]),
        ({"include_aliases": {"external_id": ["user-1"]}, "target_channel": "push"}, []),
    ],
)
def test_a_deprecated_field(client, audience, sins):
    client.notify(**audience)

    assert client.sins == sins


@pytest.mark.parametrize(
    ("misspelt", "nearest"),
    [({"inset_id": "e-1"}, "insert_id"), ({"event_propertys": {}}, "event_properties"), ({"userid": "u"}, "user_id")],
)
def test_a_misspelt_field_that_amplitude_takes_in_silence(client, misspelt, nearest):
    client.upload(event() | misspelt)
    client.upload(event("e-2"))

    [verdict] = verdicts(client.simulation.journal)
    assert (verdict.sin, verdict.exchange) == (SUSPICIOUS, 1)
    assert verdict.words.endswith(f"did you mean {nearest!r}?")


def test_a_misspelt_field_of_a_message(client):
    client.notify(included_segments=["Total Subscriptions"], idempotencykey="key-1")

    assert [verdict.words for verdict in verdicts(client.simulation.journal)] == [
        "message field 'idempotencykey' is not known; did you mean 'idempotency_key'?"
    ]


def test_a_time_in_seconds(client):
    client.upload(event(time=1_767_603_600))

    assert [verdict.words for verdict in verdicts(client.simulation.journal)] == [
        "time 1767603600 is long ago; did you mean milliseconds, 1767603600000?"
    ]


@pytest.mark.parametrize(("rest_s", "sins"), [(5, [HAMMERING]), (6, [])])
def test_giving_a_failing_vendor_no_rest(client, rest_s, sins):
    client.simulation.network.disturb(Failing(503), always().to("api2.amplitude.com"))

    for _ in range(11):
        client.upload(event())
        client.simulation.wait(rest_s)

    assert client.sins == sins


def test_only_the_senders_asked_for_are_judged(client):
    client.upload(event("e-1"))
    client.upload(event("e-1"))

    assert verdicts(client.simulation.journal, senders=("bridge",)) == ()


def test_a_verdict_reads_as_a_sentence_and_names_the_exchange(client):
    client.upload(event("e-1"))
    client.upload(event("e-1"))

    [verdict] = verdicts(client.simulation.journal)
    assert str(verdict) == "sent again what was accepted: 'e-1', which was accepted in #1 (you, #2)"


def test_a_test_asserts_on_what_its_client_did_wrong(simulation):
    body = {"api_key": simulation.project.api_key, "events": [{"user_id": "ada-lovelace", "event_type": "Visit"}]}
    body["events"][0]["insert_id"] = "one"
    for _ in range(2):
        simulation.session().post("https://api2.amplitude.com/2/httpapi", json=body, timeout=5)

    assert [verdict.sin for verdict in simulation.verdicts()] == ["sent again what was accepted"]


def test_the_journal_shows_the_verdicts_on_an_exchange(client):
    client.upload(event("e-1"))
    client.upload(event("e-1"))

    honest, again = client.simulation.journal
    assert honest.verdicts == ()
    assert again.verdicts == ("sent again what was accepted: 'e-1', which was accepted in #1",)
    assert again.line.endswith("-> 200 [sent again what was accepted: 'e-1', which was accepted in #1]")


def test_a_new_key_is_told_until_the_old_one_comes_again(client):
    weather(client, AnswerLost())
    client.upload(event("e-1"))
    client.upload(event("e-2"))
    [told] = [exchange.verdicts for exchange in client.simulation.journal if exchange.number == 3]

    client.upload(event("e-1"))

    assert told == ("a new key on a retry: 'e-2' instead of 'e-1' of #2",)
    assert client.simulation.verdicts() == ()


def test_a_sin_is_remembered_when_the_journal_has_long_forgotten_it(client):
    client.upload(event("e-1"))
    client.upload(event("e-1"))
    for number in range(2, 4_200):
        client.upload(event(f"e-{number}"))
    client.upload(event("e-1"))

    assert client.simulation.journal.forgotten > 2_000
    assert [verdict.exchange for verdict in client.simulation.verdicts()] == [2, 4_201]


def test_a_long_upload_is_judged_to_its_end(client):
    """The journal clips bodies at 65,536 bytes; the bench hears them whole."""
    text = {"event_properties": {"text": "x" * 600}}
    client.upload(*(event(f"e-{number}", **text) for number in range(200)))
    client.upload(event("e-199", **text, inset_id="x"))

    assert [verdict.sin for verdict in client.simulation.verdicts()] == [SENT_AGAIN, SUSPICIOUS]


@pytest.mark.parametrize(
    "body",
    [b"", b"null", b"[1]", b'{"events": 5}', b'{"events": [null, {"time": 1e999}]}', b"[" * 2_000, b'{"a": "\\ud800"}'],
)
def test_whatever_is_said_can_be_judged(client, body):
    for path in ("2/httpapi", "batch"):
        client.simulation.session().post(f"https://api2.amplitude.com/{path}", data=body, timeout=5)

    assert all(verdict.sin == HOPELESS for verdict in client.simulation.verdicts())


def test_events_nested_deeper_than_anybody_means_it_can_be_in_doubt(client):
    deep = b'{"a":' * 400 + b"1" + b"}" * 400
    for _ in range(2):
        weather(client, Failing(503))
        body = b'{"api_key": "%s", "events": [%s]}' % (client.simulation.project.api_key.encode(), deep)
        client.simulation.session().post(UPLOAD, data=body, timeout=5)

    assert client.sins == [FRESH_KEY]
