"""The wire: which real host name is which house, and the only place where a request or an answer goes astray."""

import random
import threading
from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from functools import partial
from http.client import responses
from io import BytesIO
from typing import Any, Final, NamedTuple
from urllib.parse import urlsplit

import requests
import urllib3
from requests.adapters import BaseAdapter, HTTPAdapter
from waitress.channel import ClientDisconnected

from simulator.beats import Beats
from simulator.clock import Clock
from simulator.disturbances import Answer, Disturbance, Effect
from simulator.errors import no_such
from simulator.journal import Journal, retry_after_s
from simulator.occasions import When
from simulator.parties import Door
from simulator.weather import Armed, Weather
from simulator.wsgi import ask, body_of, environ_of

YOU: Final = "you"  # whoever calls from outside the houses: a test, a story, a program at a socket


class UnknownHostError(requests.ConnectionError):
    """Raised when a request goes to a host that is no house of this street."""


class _Call(NamedTuple):
    """One request on its way."""

    sender: str
    method: str
    url: str
    environ: Mapping[str, Any]
    body: bytes

    @property
    def host(self) -> str:
        """The house it goes to."""
        return str(self.environ["SERVER_NAME"])


class Heard(NamedTuple):
    """One exchange as an ear hears it: the request with its WSGI environ, the answer, and what the weather did.

    `number` is the journal's; `is_seen` is False for the effect of a call whose sender saw another answer, or none.
    """

    at: datetime
    sender: str
    method: str
    url: str
    environ: Mapping[str, Any]
    request: bytes
    status: int
    headers: list[tuple[str, str]]
    answer: bytes
    weather: str
    number: int
    is_seen: bool

    @property
    def path(self) -> str:
        """The path that was called, without its query."""
        return urlsplit(self.url).path

    @property
    def request_bytes(self) -> int:
        """The size of the request."""
        return len(self.request)

    @property
    def retry_after_s(self) -> int | None:
        """What the answer's Retry-After asked for."""
        return retry_after_s(self.headers)


Ear = Callable[[Heard], None]


class Network:
    """Carries requests to houses by their real host names, in process, and keeps the journal.

    `session()` gives a `requests.Session` whose every `https://` and `http://` call ends at a door of this street;
    production URLs stay as they are. `door(host)` is the same way in for a real socket. Both are exposed to the
    weather; `call` is the simulator's own sheltered way.
    """

    def __init__(self, clock: Clock, journal: Journal, luck: random.Random, beats: Beats) -> None:
        self._clock = clock
        self._journal = journal
        self._beats = beats
        self._doors: dict[str, Door] = {}
        self._held: list[tuple[int, Effect]] = []
        self._ears: list[Ear] = []
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

    def listen(self, *ears: Ear) -> None:
        """Let `ears` hear every exchange from now on, whole and with its keys."""
        self._ears += ears

    def session(self, sender: str = YOU) -> requests.Session:
        """Make a session whose calls stay on this street; `sender` is who makes them."""
        session = requests.Session()
        session.trust_env = False
        wire = _Wire(partial(self.exposed_call, sender=sender))
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
                status, headers, answer = self._expose(
                    _Call(YOU, environ["REQUEST_METHOD"], url, {**environ, "SERVER_NAME": host}, body)
                )
            except requests.RequestException as error:
                raise ClientDisconnected from error  # waitress then hangs up without a word
            start_response(f"{status} {responses.get(status, 'Unknown')}", headers)
            return [answer]

        return enter

    def call(self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, sender: str = YOU) -> Answer:
        """Carry one request to its house and bring back the answer, whatever the weather."""
        return self._carry(self._begin(_Call(sender, method, url, environ_of(method, url, headers, body), body)))

    def exposed_call(
        self, method: str, url: str, headers: Mapping[str, str], body: bytes, *, sender: str = YOU
    ) -> Answer:
        """Carry one request through the weather; raises what `requests` raises when a connection breaks."""
        return self._expose(self._begin(_Call(sender, method, url, environ_of(method, url, headers, body), body)))

    def pass_time(self, seconds: float) -> None:
        """Let a call take its time."""
        self._clock.pass_time(seconds)

    def hold(self, effect: Effect, calls: int) -> None:
        """Let a request arrive after `calls` further calls."""
        with self._lock:
            self._held.append((calls, effect))

    def _begin(self, call: _Call) -> _Call:
        if call.sender == YOU:
            self._beats.strike(f"{call.method} {call.url}")
        return call

    def _expose(self, call: _Call) -> Answer:
        with self._lock:
            what = self.weather.strikes(call.method, call.url, call.body)
        if what is None:
            return self._carry(call)
        try:
            answer = what.befall(lambda: self._carry(call, is_seen=False), self)
        except requests.RequestException:
            self._write_down(call, (0, [], b""), weather=str(what))
            raise
        self._write_down(call, answer, weather=str(what))
        return answer

    def _carry(self, call: _Call, *, is_seen: bool = True) -> Answer:
        door = self._doors.get(call.host)
        if door is None:
            raise UnknownHostError(str(no_such("house on this street", call.host, self._doors)))
        answer = ask(door, call.environ, call.body)
        self._write_down(call, answer, is_seen=is_seen)
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

    def _write_down(self, call: _Call, answer: Answer, *, weather: str = "", is_seen: bool = True) -> None:
        at = self._clock.now()
        with self._lock:
            number = self._journal.enter(
                at=at,
                sender=call.sender,
                method=call.method,
                url=call.url,
                request=call.body,
                status=answer[0],
                answer=answer[2],
                headers=answer[1],
                weather=weather,
                is_seen=is_seen,
            )
            if self._ears:
                said = (at, call.sender, call.method, call.url, call.environ, call.body, *answer)
                heard = Heard(*said, weather=weather, number=number, is_seen=is_seen)
                for ear in self._ears:
                    ear(heard)


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
        response = self._adapter.build_response(request, raw)
        if "Content-Encoding" not in response.headers:
            response._content = answer  # noqa: SLF001  # it is whole already, and reading it takes as long as the rest
        return response

    def close(self) -> None:
        """Nothing is held open."""
