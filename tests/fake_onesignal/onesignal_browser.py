"""A witness: a page's `fetch`, which asks first where a browser must ask, and reads only what it is allowed to."""

from __future__ import annotations

import json
from typing import Any, NamedTuple

import requests

ASKED_NOBODY = {"accept", "accept-language", "content-language"}
READ_ALWAYS = {"cache-control", "content-language", "content-length", "content-type", "expires", "last-modified"}
SIMPLE_METHODS = {"GET", "HEAD", "POST"}


class BlockedByCors(AssertionError):  # noqa: N818 - what a browser's console says
    """A browser would not have sent this call, or would not have shown its answer to the page."""


class Fetched(NamedTuple):
    """What the page gets to see of an answer."""

    status: int
    json: Any
    headers: dict[str, str]


class Browser:
    """One browser on one site, with a connection to the service."""

    def __init__(self, url: str, origin: str) -> None:
        self.url, self.origin = url, origin
        self.session = requests.Session()
        self.session.trust_env = False

    def fetch(self, method: str, path: str, headers: dict[str, str], body: Any = None) -> Fetched:
        """Send one call with `cache: "no-cache"`; the answer must be JSON, whatever its status."""
        self.ask_first(method, path, sorted({name.lower() for name in headers} - ASKED_NOBODY))
        sent = {**headers, "Origin": self.origin, "Cache-Control": "max-age=0"}
        data = None if body is None else json.dumps(body).encode()
        answer = self.session.request(method, self.url + path, headers=sent, data=data, timeout=10)
        self.allowed(answer.headers)
        exposed = names(answer.headers.get("Access-Control-Expose-Headers", "")) | READ_ALWAYS
        visible = {name.lower(): value for name, value in answer.headers.items() if name.lower() in exposed}
        return Fetched(answer.status_code, json.loads(answer.content), visible)

    def ask_first(self, method: str, path: str, unsafe: list[str]) -> None:
        """Send the preflight."""
        asks = {
            "Origin": self.origin,
            "Access-Control-Request-Method": method,
            "Access-Control-Request-Headers": ",".join(unsafe),
        }
        answer = self.session.options(self.url + path, headers=asks, timeout=10)
        self.allowed(answer.headers)
        methods = names(answer.headers.get("Access-Control-Allow-Methods", ""), fold=False) | SIMPLE_METHODS
        wanted = names(answer.headers.get("Access-Control-Allow-Headers", ""))
        if not answer.ok or method not in methods or not wanted.issuperset(unsafe):
            raise BlockedByCors(answer.status_code, method, unsafe)

    def load_script(self, path: str) -> str:
        """Load a script as a tag does: no CORS, and nothing but a 200 is run."""
        answer = self.session.get(self.url + path, headers={"Referer": self.origin + "/"}, timeout=10)
        assert answer.status_code == 200
        assert answer.headers["Content-Type"].startswith(("application/javascript", "text/javascript"))
        return answer.text

    def allowed(self, headers: Any) -> None:
        """Hold an answer to the origin that it is for."""
        if headers.get("Access-Control-Allow-Origin") not in {"*", self.origin}:
            raise BlockedByCors(headers)


def names(header: str, *, fold: bool = True) -> set[str]:
    """Read a list out of a header."""
    return {name.strip().lower() if fold else name.strip() for name in header.split(",")}
