"""The wire: which real host name is which house, and the only place where a request or an answer goes astray."""

import random
import threading
from collections.abc import Callable, Iterable, Mapping
from http.client import responses
from io import BytesIO
from typing import Any
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from waitress.channel import ClientDisconnected

from simulator.clock import Clock
from simulator.disturbances import Answer, Disturbance, Effect
from simulator.errors import no_such
from simulator.journal import Journal
from simulator.occasions import When
from simulator.parties import Door
from simulator.weather import Armed, Weather
from simulator.wsgi import ask, body_of, environ_of


class UnknownHostError(requests.ConnectionError):
    """Raised when a request goes to a host that is no house of this street."""


class Network:
    """Carries requests to houses by their real host names, in process, and keeps the journal.

    `session()` gives a `requests.Session` whose every `https://` and `http://` call ends at a door of this street;
    production URLs stay as they are. `door(host)` is the same way in for a real socket. Both are exposed to the
    weather; `call` is the simulator's own sheltered way.
    """

    def __init__(self, clock: Clock, journal: Journal, luck: random.Random) -> None:
        self._clock = clock
        self._journal = journal
        self._doors: dict[str, Door] = {}
        self._held: list[tuple[int, Effect]] = []
        self._lock = threading.RLock()
        self.weather = Weather(clock.now, luck, lambda: self._doors)

    def settle(self, door: Door, *hosts: str) -> None:
        """Let `door` answer for `hosts`; a host that moves keeps its name."""
        for host in hosts:
            self._doors[host] = door

    def disturb(self, what: Disturbance, when: When) -> Armed:
        """Let something go wrong; what could never strike is refused."""
        return self.weather.disturb(what, when)

    def calm(self) -> None:
        """End all bad weather; whatever is still under way arrives now."""
        self.weather.calm()
        with self._lock:
            held, self._held = self._held, []
        for _, effect in held:
            effect()

    def session(self) -> requests.Session:
        """Make a session whose calls stay on this street."""
        session = requests.Session()
        session.trust_env = False
        wire = _Wire(self.exposed_call)
        session.mount("https://", wire)
        session.mount("http://", wire)
        return session

    def door(self, host: str) -> Door:
        """Give the way in for a socket that stands for `host`."""

        def enter(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            raw = environ.get("REQUEST_URI") or environ["PATH_INFO"]
            url = f"https://{host}{raw if raw.startswith('/') else urlsplit(raw).path}"
            body = body_of(environ)
            try:
                status, headers, answer = self._expose(environ["REQUEST_METHOD"], url, environ, body)
            except requests.RequestException as error:
                raise ClientDisconnected from error  # waitress then hangs up without a word
            start_response(f"{status} {responses.get(status, 'Unknown')}", headers)
            return [answer]

        return enter

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Carry one request to its house and bring back the answer, whatever the weather."""
        return self._carry(method, url, environ_of(method, url, headers, body), body)

    def exposed_call(self, method: str, url: str, headers: Mapping[str, str], body: bytes) -> Answer:
        """Carry one request through the weather; raises what `requests` raises when a connection breaks."""
        return self._expose(method, url, environ_of(method, url, headers, body), body)

    def pass_time(self, seconds: float) -> None:
        """Let a call take its time."""
        self._clock.pass_time(seconds)

    def hold(self, effect: Effect, calls: int) -> None:
        """Let a request arrive after `calls` further calls."""
        with self._lock:
            self._held.append((calls, effect))

    def _expose(self, method: str, url: str, environ: Mapping[str, Any], body: bytes) -> Answer:
        with self._lock:
            what = self.weather.strikes(method, url, body)
        if what is None:
            return self._carry(method, url, environ, body)
        try:
            answer = what.befall(lambda: self._carry(method, url, environ, body), self)
        except requests.RequestException:
            self._write_down(method, url, body, (0, [], b""), weather=str(what))
            raise
        self._write_down(method, url, body, answer, weather=str(what))
        return answer

    def _carry(self, method: str, url: str, environ: Mapping[str, Any], body: bytes) -> Answer:
        host = urlsplit(url).hostname or ""
        door = self._doors.get(host)
        if door is None:
            raise UnknownHostError(str(no_such("house on this street", host, self._doors)))
        answer = ask(door, environ, body)
        self._write_down(method, url, body, answer)
        if self._held:
            self._let_the_overtaken_arrive()
        return answer

    def _let_the_overtaken_arrive(self) -> None:
        with self._lock:
            nearer = [(calls - 1, effect) for calls, effect in self._held]
            self._held = [(calls, effect) for calls, effect in nearer if calls > 0]
        for calls, effect in nearer:
            if calls <= 0:
                effect()

    def _write_down(self, method: str, url: str, body: bytes, answer: Answer, *, weather: str = "") -> None:
        with self._lock:
            self._journal.enter(
                at=self._clock.now(),
                method=method,
                url=url,
                request=body,
                status=answer[0],
                answer=answer[2],
                weather=weather,
            )


class _Wire(BaseAdapter):
    """The documented seam of `requests`: a transport that ends in process."""

    def __init__(self, carry: Callable[[str, str, Mapping[str, str], bytes], Answer]) -> None:
        super().__init__()
        self._carry = carry
        self._adapter = HTTPAdapter()

    def send(self, request: requests.PreparedRequest, *_: Any, **__: Any) -> requests.Response:
        body = request.body or b""
        assert request.method
        assert request.url
        status, headers, answer = self._carry(
            request.method, request.url, request.headers, body.encode() if isinstance(body, str) else body
        )
        raw = urllib3.HTTPResponse(
            BytesIO(answer),
            headers=urllib3.HTTPHeaderDict(headers),
            status=status,
            preload_content=False,
            request_method=request.method,
        )
        return self._adapter.build_response(request, raw)

    def close(self) -> None:
        """Nothing is held open."""
