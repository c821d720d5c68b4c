"""Two strict receivers written from the facts, and the wire on which a test may lose requests and answers."""

from __future__ import annotations

import json
from collections import deque
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

import requests
from requests.adapters import BaseAdapter, HTTPAdapter
from werkzeug.test import EnvironBuilder, run_wsgi_app
from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

LOST_REQUEST = "lost request"
LOST_ANSWER = "lost answer"
Fault = str | tuple[int, dict[str, str], object] | None

# facts/amplitude-api.md 2.2
_INVALID_IDS = frozenset(
    ("", "anonymous", "nil", "none", "null", "n/a", "na", "undefined", "unknown", "{}", "lmy47d", "0", "-1")
) | {"00000000-0000-0000-0000-000000000000"}
_EVENT_FIELDS = {
    "event_type": str,
    "time": int,
    "insert_id": str,
    "event_properties": dict,
    "user_id": str,
    "device_id": str,
}


class Clock:
    """A moment that only a test moves."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 3, 10, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def advance(self, **by: float) -> None:
        self.moment += timedelta(**by)


@dataclass
class StrictAmplitude:
    """HTTP V2 of one region: refuses whatever the documentation does not allow, deduplicates by insert_id."""

    api_keys: tuple[str, ...] = ("amplitude-key",)
    events: list[dict[str, object]] = field(default_factory=list)
    uploads: list[list[dict[str, object]]] = field(default_factory=list)
    script: deque[Fault] = field(default_factory=deque)
    judge: Callable[[list[dict[str, object]]], tuple[int, dict[str, object]] | None] | None = None
    paths: set[str] = field(default_factory=set)
    _seen: set[tuple[object, object]] = field(default_factory=set)

    def __call__(self, environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        request = Request(environ)
        status, body = self._answer(request)
        return Response(json.dumps(body), status, mimetype="application/json")(environ, start_response)

    def _answer(self, request: Request) -> tuple[int, dict[str, object]]:
        self.paths.add(request.path)
        if request.method != "POST" or request.path not in ("/2/httpapi", "/batch"):
            return 400, {"code": 400, "error": "Invalid request path"}
        content = request.get_data()
        if len(content) >= 1_048_576:
            return 413, {"code": 413, "error": "Payload too large"}
        if request.mimetype != "application/json":
            return 400, {"code": 400, "error": "Invalid JSON request body"}
        upload = json.loads(content)
        events = upload["events"]
        self.uploads.append(events)
        if upload["api_key"] not in self.api_keys:
            return 400, {"code": 400, "error": f"Invalid API key: {upload['api_key']}"}
        refusal = (self.judge(events) if self.judge else None) or _objection(upload)
        if refusal is not None:
            return refusal
        for event in events:
            key = (event.get("device_id"), event["insert_id"])
            if key not in self._seen:
                self._seen.add(key)
                self.events.append(event)
        return 200, {
            "code": 200,
            "server_upload_time": 1781611537967,
            "payload_size_bytes": len(content),
            "events_ingested": len(events),
        }


def _objection(upload: dict[str, object]) -> tuple[int, dict[str, object]] | None:
    events = upload["events"]
    assert isinstance(events, list)
    if len(events) > 2000:
        return 413, {"code": 413, "error": "Payload too large"}
    assert set(upload) == {"api_key", "events", "options"}, sorted(upload)
    least = upload["options"]["min_id_length"]  # type: ignore[index]
    for event in events:
        for key, value in event.items():
            assert type(value) is _EVENT_FIELDS[key], (key, value)
        assert 946_684_800_000 < event["time"] < 4_102_444_800_000, "milliseconds since 1970"
        ids = [event[key] for key in ("user_id", "device_id") if key in event]
        assert ids
        assert all(least <= len(each) <= 1024 for each in ids), ids
        if any(each.casefold() in _INVALID_IDS for each in ids):
            return 400, {"code": 400, "error": "Invalid id"}
    return None


@dataclass
class StrictOneSignal:
    """The modelled cohort route: membership by external id, applied in the order in which it arrives."""

    rest_api_key: str = "rest-key"
    app_id: str = "app-1"
    names: dict[str, str] = field(default_factory=dict)
    members: dict[str, set[str]] = field(default_factory=dict)
    calls: list[tuple[str, str, object]] = field(default_factory=list)
    changes: list[tuple[str, str, str]] = field(default_factory=list)
    script: deque[Fault] = field(default_factory=deque)
    poison: frozenset[str] = frozenset()

    def __call__(self, environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        request = Request(environ)
        status, body = self._answer(request)
        return Response(json.dumps(body), status, mimetype="application/json")(environ, start_response)

    def _answer(self, request: Request) -> tuple[int, dict[str, object]]:
        raw_path = urlsplit(str(request.environ["REQUEST_URI"])).path
        if request.headers.get("Authorization") != f"Key {self.rest_api_key}":
            words = "Access denied.  Please include an 'Authorization: ...' header with a valid API key"
            return 403, {"errors": [words]}
        base = f"/modelled/apps/{self.app_id}/amplitude_cohorts/"
        assert raw_path.startswith(base), raw_path
        cohort_id, _, rest = raw_path.removeprefix(base).partition("/")
        cohort_id = unquote(cohort_id)
        body = json.loads(request.get_data())
        self.calls.append((request.method, cohort_id, body))
        if request.method == "PUT" and not rest:
            assert set(body) == {"name"}
            self.names[cohort_id] = body["name"]
            self.members.setdefault(cohort_id, set())
            return 200, {"success": True}
        assert (request.method, rest) == ("POST", "members")
        return self._change(cohort_id, body)

    def _change(self, cohort_id: str, body: dict[str, list[str]]) -> tuple[int, dict[str, object]]:
        if cohort_id not in self.names:
            return 404, {"errors": ["cohort not found"]}
        assert set(body) == {"add", "remove"}
        both = [*body["add"], *body["remove"]]
        assert len(both) <= 10_000
        assert len(set(both)) == len(both), "a user may be in a call only once"
        if self.poison & set(both):
            return 400, {"errors": ["bad request"]}
        self.members[cohort_id] |= set(body["add"])
        self.members[cohort_id] -= set(body["remove"])
        self.changes += [(cohort_id, "add", user) for user in body["add"]]
        self.changes += [(cohort_id, "remove", user) for user in body["remove"]]
        return 200, {"success": True}


class Wire(BaseAdapter):
    """Carries requests to WSGI callables by host name; each may lose or replace the next answers by its `script`."""

    def __init__(self, hosts: dict[str, StrictAmplitude | StrictOneSignal]) -> None:
        super().__init__()
        self.hosts = hosts
        self.asked: list[str] = []

    def send(self, request: requests.PreparedRequest, **_: object) -> requests.Response:
        host = urlsplit(str(request.url)).netloc
        self.asked.append(host)
        receiver = self.hosts[host]
        fault = receiver.script.popleft() if receiver.script else None
        if fault == LOST_REQUEST:
            raise requests.ConnectionError("the request was lost")
        if isinstance(fault, tuple):
            return _response(request, *fault)
        answer = _response(request, *_call(receiver, request))
        if fault == LOST_ANSWER:
            raise requests.ReadTimeout("the answer was lost")
        return answer

    def close(self) -> None:
        pass


class ToLocalServer(HTTPAdapter):
    """Sends every request to a local server over a real socket, and keeps its path, headers and body."""

    def __init__(self, base_url: str) -> None:
        super().__init__()
        self._base_url = base_url

    def send(self, request: requests.PreparedRequest, **options: object) -> requests.Response:  # type: ignore[override]
        asked = urlsplit(str(request.url))
        request.headers["Host"] = asked.netloc
        request.url = self._base_url + asked.path
        return super().send(request, **options)  # type: ignore[arg-type]


def _call(
    receiver: StrictAmplitude | StrictOneSignal, request: requests.PreparedRequest
) -> tuple[int, dict[str, str], object]:
    asked = urlsplit(str(request.url))
    builder = EnvironBuilder(
        asked._replace(scheme="", netloc="").geturl(),
        method=request.method,
        headers=dict(request.headers),
        data=request.body,
    )
    environ = builder.get_environ()
    environ["REQUEST_URI"] = urlsplit(str(request.url)).path
    chunks, status, headers = run_wsgi_app(receiver, environ)
    return int(status.split()[0]), dict(headers), b"".join(chunks)


def _response(
    request: requests.PreparedRequest, status: int, headers: dict[str, str], body: object
) -> requests.Response:
    response = requests.Response()
    response.status_code = status
    response.headers.update(headers)
    response._content = body if isinstance(body, bytes) else json.dumps(body).encode()
    response._content_consumed = True
    response.request = request
    response.url = str(request.url)
    return response
