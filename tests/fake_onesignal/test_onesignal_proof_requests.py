"""Whatever is sent to whichever operation: never a crash, and what is refused has changed nothing."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from onesignal_requests import ADA, Request, Town, requests_for

from fake_onesignal import FakeOneSignal

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_onesignal.operations import Operation
    from fake_onesignal.records import App

OPERATIONS = [one for one in FakeOneSignal.operations() if one.level != "501"]
WRITES = [one for one in OPERATIONS if one.method != "GET"]
TEN_MB = json.dumps({**ADA, "properties": {"tags": {"a": "x" * 10_000_000}}}).encode()


def by_name(operation: Operation) -> str:
    return operation.operation


def check(town: Town, request: Request) -> None:
    before = town.fake.fingerprint()

    answer = town.answer(request)

    assert answer.status_code < 500, (request, answer.text)
    if answer.status_code >= 400 or request.method == "GET":
        assert town.fake.fingerprint() == before, (request, answer.status_code)
    if answer.status_code >= 400 and "json" in answer.content_type:
        assert isinstance(answer.json, dict)


@pytest.mark.parametrize("operation", OPERATIONS, ids=by_name)
@settings(
    max_examples=10,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow, HealthCheck.data_too_large],
)
@given(data=st.data())
def test_any_request_is_answered_and_a_refused_one_changes_nothing(
    new_fake: Callable[..., FakeOneSignal], operation: Operation, data: st.DataObject
) -> None:
    town = Town(new_fake())

    check(town, data.draw(requests_for(operation, town)))


@pytest.mark.parametrize("operation", WRITES, ids=by_name)
def test_ten_megabytes_are_answered_and_change_nothing_where_a_body_is_read(
    new_fake: Callable[..., FakeOneSignal], operation: Operation
) -> None:
    town = Town(new_fake())

    check(town, town.request(operation, TEN_MB))


def test_the_valid_requests_of_the_table_work_but_for_a_few(new_fake: Callable[..., FakeOneSignal]) -> None:
    refused = {
        one.operation for one in OPERATIONS if (town := Town(new_fake())).answer(town.valid(one)).status_code >= 300
    }

    assert len(refused) < len(OPERATIONS) / 10, refused


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
