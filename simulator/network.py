"""The wire: which real host name is which house, and the only way a request gets from one to another."""

import io
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from http.client import responses
from typing import Any
from urllib.parse import unquote_to_bytes, urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter

from simulator.errors import no_such
from simulator.journal import Journal
from simulator.parties import Door

Answer = tuple[int, list[tuple[str, str]], bytes]


class UnknownHostError(requests.ConnectionError):
    """Raised when a request goes to a host that is no house of this street."""


class Network:
    """Carries requests to houses by their real host names, in process, and keeps the journal.

    `session()` gives a `requests.Session` whose every `https://` and `http://` call ends at a door of this street;
    production URLs stay as they are. `door(host)` is the same way in for a real socket.
    """

    def __init__(self, now: Callable[[], datetime], journal: Journal) -> None:
        self._now = now
        self._journal = journal
        self._doors: dict[str, Door] = {}
        self._lock = threading.Lock()

    def settle(self, door: Door, *hosts: str) -> None:
        """Let `door` answer for `hosts`; a host that moves keeps its name."""
        for host in hosts:
            self._doors[host] = door

    def session(self) -> requests.Session:
        """Make a session whose calls stay on this street."""
        session = requests.Session()
        session.trust_env = False
        wire = _Wire(self)
        session.mount("https://", wire)
        session.mount("http://", wire)
        return session

    def door(self, host: str) -> Door:
        """Give the way in for a socket that stands for `host`."""

        def enter(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            body = _body_of(environ)
            environ["wsgi.input"] = io.BytesIO(body)
            raw = environ.get("REQUEST_URI") or environ["PATH_INFO"]
            url = f"https://{host}{raw if raw.startswith('/') else urlsplit(raw).path}"
            status, headers, answer = self._exchange(url, environ, body)
            start_response(f"{status} {responses.get(status, 'Unknown')}", headers)
            return [answer]

        return enter

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Carry one request to its house and bring back the answer."""
        environ = _environ(method, url, headers, body)
        return self._exchange(url, environ, body)

    def _exchange(self, url: str, environ: dict[str, Any], body: bytes) -> Answer:
        host = urlsplit(url).hostname or ""
        door = self._doors.get(host)
        if door is None:
            raise UnknownHostError(str(no_such("house on this street", host, self._doors)))
        answer = _ask(door, environ)
        with self._lock:
            self._journal.enter(
                at=self._now(),
                method=environ["REQUEST_METHOD"],
                url=url,
                request=body,
                status=answer[0],
                answer=answer[2],
            )
        return answer


class _Wire(BaseAdapter):
    """The documented seam of `requests`: a transport that ends in process."""

    def __init__(self, network: Network) -> None:
        super().__init__()
        self._network = network
        self._adapter = HTTPAdapter()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body or b""
        assert request.method
        assert request.url
        status, headers, answer = self._network.call(
            request.method, request.url, request.headers, body.encode() if isinstance(body, str) else body
        )
        raw = urllib3.HTTPResponse(
            io.BytesIO(answer),
            headers=urllib3.HTTPHeaderDict(headers),
            status=status,
            preload_content=False,
            request_method=request.method,
        )
        return self._adapter.build_response(request, raw)

    def close(self) -> None:
        """Nothing is held open."""


def _environ(method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    parts = urlsplit(url)
    path = parts.path or "/"
    environ: dict[str, Any] = {
        "REQUEST_METHOD": method,
        "SCRIPT_NAME": "",
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": f"{path}?{parts.query}" if parts.query else path,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1",
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": parts.scheme,
        "wsgi.input": io.BytesIO(body),
        "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True,
        "wsgi.multiprocess": False,
        "wsgi.run_once": False,
        "CONTENT_LENGTH": str(len(body)),
        "HTTP_HOST": parts.netloc,
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value
    return environ


def _ask(door: Door, environ: dict[str, Any]) -> Answer:
    told: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        told[:] = [int(status.split(" ", 1)[0]), headers]

    chunks = door(environ, start_response)
    body = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
    return told[0], told[1], body


def _body_of(environ: dict[str, Any]) -> bytes:
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body
