"""Whatever is sent to whichever operation: never a crash, and what is refused has changed nothing."""

from __future__ import annotations

import gzip
import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onesignal_bodies import ADA
from onesignal_memory import memory
from onesignal_requests import DEEP, GARBAGE, requests_for
from onesignal_town import Request, Town

from fake_onesignal import FakeOneSignal

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_onesignal.operations import Operation
    from fake_onesignal.records import App

OPERATIONS = [one for one in FakeOneSignal.operations() if one.level != "501"]
READ_A_BODY = [one for one in OPERATIONS if one.method != "GET"]
TEN_MB = json.dumps({**ADA, "properties": {"tags": {"a": "x" * 10_000_000}}}).encode()
BROKEN: dict[str, Callable[[bytes], bytes]] = {
    "empty": lambda _: b"",
    "cut off": lambda body: body[:-1],
    "an array of it": lambda body: b"[" + body + b"]",
    "no UTF-8": lambda body: body.replace(b'"', b'"\xff', 1),
    "ten megabytes": lambda _: TEN_MB,
    "zipped": lambda body: gzip.compress(body, mtime=0),
    **{f"garbage {number}": lambda _, body=body: body for number, body in enumerate(GARBAGE)},
    **{f"nested {number}": lambda _, body=body: body for number, body in enumerate(DEEP)},
}
FORMS = {
    "another content type": {"headers": {"Content-Type": "text/plain"}},
    "no content type": {"headers": {"Content-Type": ""}},
    "a form": {"headers": {"Content-Type": "multipart/form-data; boundary=x"}},
    "called zipped": {"headers": {"Content-Encoding": "gzip"}},
    "chunked": {"is_chunked": True},
}


def by_name(operation: Operation) -> str:
    return operation.operation


def check(town: Town, request: Request) -> int:
    """Send a request; all that is remembered, walked through, must be as it was when the answer is a refusal."""
    before, digest = memory(town.fake), town.fake.fingerprint()

    answer = town.answer(request)

    after = memory(town.fake)
    assert answer.status_code < 500, (request, answer.text)
    assert (after == before) is (town.fake.fingerprint() == digest), "the fingerprint does not say what happened"
    if answer.status_code >= 400 or request.method == "GET":
        assert after == before, (request, answer.status_code)
    if answer.status_code >= 400 and "json" in answer.content_type:
        assert isinstance(answer.json, dict)
    return answer.status_code


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)
def test_every_operation_has_a_request_that_works(new_fake: Callable[..., FakeOneSignal], operation: Operation) -> None:
    town = Town(new_fake())
    before = memory(town.fake)

    status = check(town, town.valid(operation))

    assert status in operation.success
    is_write = operation.method != "GET" and operation.level == "stateful"
    assert (memory(town.fake) != before) is is_write or operation.level == "derived"


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)
def test_a_request_whose_body_is_broken_in_any_way_is_answered(
    new_fake: Callable[..., FakeOneSignal], operation: Operation
) -> None:
    town = Town(new_fake())
    body = json.dumps(town.body(operation)).encode()
    ways = BROKEN if operation in READ_A_BODY else {"ten megabytes": BROKEN["ten megabytes"]}

    for number, how in enumerate(ways.values()):
        check(town, town.request(operation, how(body), is_chunked=bool(number % 2)))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("operation", READ_A_BODY, ids=by_name)
def test_a_request_in_another_form_works_all_the_same(
    new_fake: Callable[..., FakeOneSignal], operation: Operation, form: str
) -> None:
    town = Town(new_fake())
    body = town.valid(operation).body

    assert check(town, town.request(operation, body, **FORMS[form])) in operation.success


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)
@settings(
    max_examples=6,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_any_request_is_answered_and_a_refused_one_changes_nothing(
    new_fake: Callable[..., FakeOneSignal], operation: Operation, data: st.DataObject
) -> None:
    town = Town(new_fake())

    check(town, data.draw(requests_for(operation, town)))


@pytest.mark.parametrize("body", [{"a": 1}, ADA])
def test_a_chunked_body_arrives_whole_through_a_socket(base_url: str, app: App, body: dict[str, Any]) -> None:
    connection = http.client.HTTPConnection(urlsplit(base_url).netloc, timeout=10)
    pieces = [json.dumps(body).encode()[start : start + 7] for start in range(0, 1_000, 7)]

    connection.request(
        "POST",
        f"/apps/{app.id}/users",
        iter(filter(None, pieces)),
        encode_chunked=True,
        headers={"Transfer-Encoding": "chunked"},
    )
    answer = connection.getresponse()
    seen = json.loads(answer.read())
    connection.close()

    assert (answer.status, "identity" in seen) == ((201, True) if "identity" in body else (400, False))
