"""Requests reach houses by their real host names, and the journal has every byte but no key."""

import gzip
import random

import pytest
import requests

from simulator.beats import Beats
from simulator.clock import Clock
from simulator.journal import Journal
from simulator.network import Network, UnknownHostError


@pytest.fixture
def journal():
    return Journal()


@pytest.fixture
def network(journal):
    return Network(Clock(), journal, random.Random(0), Beats())  # noqa: S311  # chance, not a secret


def echo(environ, start_response):
    """Answer what came in, so that a test can look at it."""
    body = environ["wsgi.input"].read(int(environ["CONTENT_LENGTH"]))
    start_response("201 Created", [("Content-Type", "text/plain"), ("X-Raw", environ["REQUEST_URI"])])
    return [environ["REQUEST_METHOD"].encode(), b" ", body, b" ", environ.get("HTTP_AUTHORIZATION", "-").encode()]


def zipped(_environ, start_response):
    start_response("200 OK", [("Content-Encoding", "gzip")])
    return [gzip.compress(b"a,b\n")]


def test_a_call_keeps_method_body_headers_and_the_raw_path(network):
    network.settle(echo, "api.onesignal.com")

    answer = network.session().put(
        "https://api.onesignal.com/users/a%2Fb?x=1", data=b"hello", headers={"Authorization": "Key k"}
    )

    assert answer.status_code == 201
    assert answer.text == "PUT hello Key k"
    assert answer.headers["X-Raw"] == "/users/a%2Fb?x=1"


def test_a_compressed_answer_is_read_as_any_client_reads_it(network):
    network.settle(zipped, "amplitude.com")

    assert network.session().get("https://amplitude.com/file").text == "a,b\n"


def test_a_host_that_is_no_house_is_refused_with_the_nearest_name(network):
    network.settle(echo, "api.onesignal.com", "api2.amplitude.com")

    with pytest.raises(UnknownHostError, match=r"the nearest is 'api\.onesignal\.com'"):
        network.session().get("https://api.onesignl.com/")


def test_an_unknown_host_is_a_connection_error_to_any_client_of_requests(network):
    with pytest.raises(requests.ConnectionError):
        network.session().get("https://example.com/")


def test_the_journal_counts_exactly_and_redacts_keys(network, journal):
    network.settle(echo, "api2.amplitude.com")
    session = network.session()

    session.post("https://api2.amplitude.com/2/httpapi?api_key=0123", data=b'{"api_key": "0123", "events": []}')
    session.post("https://api2.amplitude.com/2/httpapi", data=b"{}")

    first, _ = journal
    assert journal.count(method="POST", host="api2.amplitude.com", status=201) == len(journal) == 2
    assert "0123" not in first.request + first.url + first.answer
    assert first.request == '{"api_key": "***", "events": []}'


def test_the_same_exchanges_give_the_same_digest_and_one_byte_more_another():
    def digest_of(*bodies):
        journal = Journal()
        network = Network(Clock(), journal, random.Random(0), Beats())  # noqa: S311  # chance, not a secret
        network.settle(echo, "bridge.test")
        for body in bodies:
            network.call("POST", "https://bridge.test/", {}, body)
        return journal.digest()

    assert digest_of(b"a", b"b") == digest_of(b"a", b"b")
    assert digest_of(b"a", b"b") != digest_of(b"a", b"b ")


def test_a_door_for_a_socket_leads_to_the_same_house(network, journal):
    network.settle(echo, "bridge.test")
    environ = {"REQUEST_METHOD": "GET", "PATH_INFO": "/a b", "REQUEST_URI": "/a%20b", "wsgi.input": gzip.io.BytesIO()}
    told = []

    body = b"".join(network.door("bridge.test")(environ | {"CONTENT_LENGTH": "0"}, lambda *words: told.append(words)))

    assert body == b"GET  -"
    assert told[0][0] == "201 Created"
    assert [exchange.url for exchange in journal] == ["https://bridge.test/a%20b"]
