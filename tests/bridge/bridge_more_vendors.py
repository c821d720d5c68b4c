"""Strict receivers for the public users API, custom events and the Behavioral Cohorts API, written from the facts."""

from __future__ import annotations

import json
from base64 import b64encode
from collections import deque
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from werkzeug.wrappers import Request, Response

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

_SECOND = timedelta(seconds=1)


@dataclass
class PublicOneSignal:
    """An app with users: tags by external id, with the documented limits on the given clock, and custom events."""

    now: Callable[[], datetime]
    users: dict[str, dict[str, str]] = field(default_factory=dict)
    patches: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    requests_of_events: list[list[dict[str, object]]] = field(default_factory=list)
    events: dict[str, dict[str, object]] = field(default_factory=dict)
    fails: dict[str, str] = field(default_factory=dict)
    script: deque[object] = field(default_factory=deque)
    app_id: str = "app-1"
    key: str = "rest-key"
    _lately: deque[datetime] = field(default_factory=deque)
    _last_of: dict[str, datetime] = field(default_factory=dict)

    def __call__(self, environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        request = Request(environ)
        path = urlsplit(str(environ["REQUEST_URI"])).path
        if request.headers.get("Authorization") != f"Key {self.key}":
            status, body = 403, {"errors": ["Access denied.  Please include a valid API key"]}
        elif path == f"/apps/{self.app_id}/custom_events":
            assert request.method == "POST"
            status, body = self._take_events(request.get_data())
        else:
            assert request.method == "PATCH", path
            status, body = self._tag(path, json.loads(request.get_data()))
        return Response(json.dumps(body), status, mimetype="application/json")(environ, start_response)

    def _tag(self, path: str, body: dict[str, dict[str, dict[str, str]]]) -> tuple[int, object]:
        base = f"/apps/{self.app_id}/users/by/external_id/"
        assert path.startswith(base), path
        assert "/" not in path.removeprefix(base), "an id in a path is encoded"
        user = unquote(path.removeprefix(base))
        self._count(user)
        assert set(body) == {"properties"}
        tags = body["properties"]["tags"]
        assert 0 < len(tags) <= 100
        assert all(isinstance(value, str) for value in tags.values())
        self.patches.append((user, tags))
        if user not in self.users:
            return 404, {"errors": [{"title": "User not found"}]}
        kept = {**self.users[user], **tags}
        self.users[user] = {key: value for key, value in kept.items() if value}
        return 202, {"properties": {"tags": self.users[user]}}

    def _count(self, user: str) -> None:
        """Hold the sender to the limits: who exceeds one fails the test."""
        now = self.now()
        while self._lately and now - self._lately[0] >= _SECOND:
            self._lately.popleft()
        self._lately.append(now)
        assert len(self._lately) <= 1_000, "more than 1,000 requests a second"
        before = self._last_of.get(user)
        assert before is None or now - before >= _SECOND, f"{user} was changed twice in a second"
        self._last_of[user] = now

    def _take_events(self, content: bytes) -> tuple[int, object]:
        assert len(content) <= 1_000_000
        sent = json.loads(content)
        assert set(sent) == {"events"}
        events = sent["events"]
        self.requests_of_events.append(events)
        errors = []
        for event in events:
            assert set(event) == {"name", "external_id", "timestamp", "idempotency_key", "properties"}
            assert 0 < len(event["name"]) <= 128
            assert len(json.dumps(event, separators=(",", ":"), ensure_ascii=False).encode()) <= 2_024
            assert all(isinstance(value, str) for value in event["properties"].values())
            if "poison" in event["properties"]:
                return 400, {}
            code = self.fails.get(event["external_id"])
            if code is not None:
                error = {"code": code, "title": f"failed to find a onesignal_id for user_id {event['external_id']}"}
                errors.append(
                    {
                        "event_user_id": event["external_id"],
                        "event_id": event["idempotency_key"],
                        "error": error,
                    }
                )
            else:
                self.events.setdefault(event["idempotency_key"], event)
        return 202, {"errors": errors} if errors else {}


@dataclass
class CohortsApi:
    """The Behavioral Cohorts API of one project: request, poll, file; `members` are rows of the file."""

    members: dict[str, list[dict[str, str]]] = field(default_factory=dict)
    columns: tuple[str, ...] = ("amplitude_id", "user_id")
    looks_until_ready: int = 1
    elsewhere: bool = False
    asked: list[str] = field(default_factory=list)
    script: deque[object] = field(default_factory=deque)
    _looks: dict[str, int] = field(default_factory=dict)

    def __call__(self, environ: dict[str, object], start_response: object) -> Iterable[bytes]:
        request = Request(environ)
        return self._answer(request)(environ, start_response)

    def _answer(self, request: Request) -> Response:
        self.asked.append(request.full_path.rstrip("?"))
        secret = b64encode(b"amplitude-key:amplitude-secret").decode()
        if request.path.startswith("/store/"):
            assert "Authorization" not in request.headers, "the file store must not see the keys"
            return self._file(request.path.removeprefix("/store/"))
        if request.headers.get("Authorization") != f"Basic {secret}":
            return Response("Forbidden", 403)
        base, _, rest = request.path.removeprefix("/api/5/cohorts/").partition("/")
        if base == "request-status":
            return self._status(rest)
        assert base == "request"
        if not rest.endswith("/file"):
            return self._request(rest)
        cohort_id = rest.removesuffix("/file").rpartition("-")[0]
        if self.elsewhere:
            return Response("", 302, {"Location": f"https://store.test/store/{cohort_id}"})
        return self._file(cohort_id)

    def _status(self, request_id: str) -> Response:
        looks = self._looks[request_id] = self._looks.get(request_id, 0) + 1
        ready = looks > self.looks_until_ready
        said = {"request_id": request_id, "async_status": "JOB COMPLETED" if ready else "JOB INPROGRESS"}
        return Response(json.dumps(said), 200 if ready else 202)

    def _request(self, cohort_id: str) -> Response:
        if cohort_id not in self.members:
            return Response(json.dumps({"error": {"http_code": 404}}), 404)
        said = {"request_id": f"{cohort_id}-{len(self.asked)}", "cohort_id": cohort_id}
        return Response(json.dumps(said), 202)

    def _file(self, cohort_id: str) -> Response:
        lines = [",".join(f'"{column}"' for column in self.columns)]
        for row in self.members[cohort_id]:
            cells = (row.get(column, "").replace('"', '""') for column in self.columns)
            lines.append(",".join(f'"{cell}"' for cell in cells))
        return Response("\n".join(lines) + "\n", 200, mimetype="text/csv")
