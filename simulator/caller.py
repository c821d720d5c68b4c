"""A well-behaved client of a vendor's door: it waits when told to, and repeats the vendor's words when refused."""

import gzip
from base64 import b64encode
from collections.abc import Callable, Mapping
from typing import Any, Final
from urllib.parse import quote

import orjson

from simulator.disturbances import Answer

_TRIES_MAX: Final = 600
_WAIT_S: Final = 1.0
_TOLD_TO_WAIT: Final = frozenset({429, 503})
_FOUND_ELSEWHERE: Final = 302
_REFUSED_FROM: Final = 400

Carry = Callable[[str, str, Mapping[str, str], bytes], Answer]


class RefusedError(Exception):
    """Raised when a vendor refuses a call for good; it carries the status and the vendor's own words."""

    def __init__(self, method: str, url: str, status: int, body: bytes) -> None:
        super().__init__(f"{method} {url} -> {status} {body[:500].decode(errors='replace')}")
        self.status = status


class Caller:
    """Calls one vendor with one credential over the street's network.

    `carry` is the wire and `wait` lets seconds pass on the clock; a 429 or 503 is tried again after its Retry-After.
    """

    def __init__(
        self, base_url: str, authorization: str | None, *, carry: Carry, wait: Callable[[float], None]
    ) -> None:
        self._base_url = base_url
        self._headers = {"Accept": "*/*", "Content-Type": "application/json", "Accept-Encoding": "gzip"}
        if authorization is not None:
            self._headers["Authorization"] = authorization
        self._carry = carry
        self.wait = wait

    def ask(self, method: str, path: str, body: Any = None, *, allow: tuple[int, ...] = ()) -> tuple[int, bytes]:
        """Send one request; give back status and body (decompressed).

        Statuses below 400 and those in `allow` come back; any other raises `RefusedError`. A file that is found
        elsewhere is fetched there, without the key (`facts/amplitude-api.md` 1.11).
        """
        url = path if path.startswith("http") else self._base_url + path
        raw = b"" if body is None else orjson.dumps(body)
        for _ in range(_TRIES_MAX):
            status, headers, answer = self._carry(method, url, self._headers, raw)
            told = {name.lower(): value for name, value in headers}
            if told.get("content-encoding") == "gzip":
                answer = gzip.decompress(answer)
            if status not in _TOLD_TO_WAIT:
                break
            self.wait(float(told.get("retry-after", _WAIT_S)))
        if status >= _REFUSED_FROM and status not in allow:
            raise RefusedError(method, url, status, answer)
        if status == _FOUND_ELSEWHERE:
            return Caller("", None, carry=self._carry, wait=self.wait).ask("GET", told["location"])
        return status, answer

    def get(self, path: str) -> Any:
        """GET a JSON document."""
        return orjson.loads(self.ask("GET", path)[1])

    def post(self, path: str, body: Any) -> Any:
        """POST a JSON document and read the JSON that comes back."""
        return orjson.loads(self.ask("POST", path, body)[1])


def key(secret: str) -> str:
    """Write the `Authorization` of OneSignal's REST API (`facts/onesignal-api.md` 1)."""
    return f"Key {secret}"


def basic(user: str, password: str) -> str:
    """Write the `Authorization` of Amplitude's REST API (`facts/amplitude-api.md` 1.1)."""
    return "Basic " + b64encode(f"{user}:{password}".encode()).decode()


def segment(value: str) -> str:
    """Percent-encode `value` as one segment of a path."""
    return quote(value, safe="")
