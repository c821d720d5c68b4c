"""Golden requests and answers, each with its source, replayed byte for byte against a fresh region."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

GOLDEN = Path(__file__).parent / "golden"
OBSERVED_MS = 1_781_611_537_967  # when the vendor's own answers were recorded
EXCHANGES = [
    pytest.param(exchange, id=f"{path.stem}: {exchange['name']}")
    for path in sorted(GOLDEN.glob("*.json"))
    for exchange in json.loads(path.read_text("utf-8"))
]


def told(amplitude, value):
    """Put the project's own keys where the recording had some."""
    filled = json.dumps(value).replace("$API_KEY", amplitude.project.api_key)
    return json.loads(filled.replace("$PROJECT_ID", str(amplitude.project.id)))


def asked(amplitude, request):
    more = {
        "query_string": request.get("query"),
        "data": request["text"].encode() if "text" in request else request.get("form"),
        "auth": amplitude.auth if request.get("basic") else None,
        "content_type": request.get("content_type"),
        "json": request.get("json"),
    }
    return amplitude.client.open(
        request["path"], method=request["method"], **{name: said for name, said in more.items() if said is not None}
    )


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_golden_request_is_answered_as_recorded(amplitude, exchange):
    amplitude.clock.moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=OBSERVED_MS)
    exchange = told(amplitude, exchange)
    for request in exchange.get("given", ()):
        assert asked(amplitude, request).status_code < 300

    answer = asked(amplitude, exchange["request"])

    expected = exchange["response"]
    assert answer.status_code == expected["status"]
    assert answer.content_type == expected["content_type"]
    body = expected["body"]
    assert (answer.text if isinstance(body, str) else answer.json) == body


@pytest.mark.parametrize("exchange", EXCHANGES)
def test_a_golden_exchange_names_its_source(exchange):
    assert exchange["source"].startswith("facts/amplitude-api.md ")
