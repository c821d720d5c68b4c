"""A request as WSGI sees it: how it is put to a door, and what comes back."""

import io
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote_to_bytes, urlsplit

from simulator.disturbances import Answer
from simulator.parties import Door

_ADDRESSES_KEPT: Final = 256
_PLAIN: Final = {
    "SCRIPT_NAME": "",
    "SERVER_PROTOCOL": "HTTP/1.1",
    "REMOTE_ADDR": "127.0.0.1",
    "wsgi.version": (1, 0),
    "wsgi.multithread": True,
    "wsgi.multiprocess": False,
    "wsgi.run_once": False,
}
"""What every call has in common."""


def environ_of(method: str, url: str, headers: Mapping[str, str], body: bytes) -> dict[str, Any]:
    """Write a request as the environment of a WSGI call, its raw path in REQUEST_URI; `ask` adds the body."""
    environ: dict[str, Any] = {
        **_addressed(url),
        "REQUEST_METHOD": method,
        "wsgi.errors": io.StringIO(),
        "CONTENT_LENGTH": str(len(body)),
    }
    for name, value in headers.items():
        key = name.upper().replace("-", "_")
        if key == "CONTENT_TYPE":
            environ[key] = value
        elif key != "CONTENT_LENGTH":
            environ[f"HTTP_{key}"] = value
    return environ


@lru_cache(_ADDRESSES_KEPT)
def _addressed(url: str) -> Mapping[str, Any]:
    """Take a URL apart, the same few of which are called again and again."""
    parts = urlsplit(url)
    path = parts.path or "/"
    return {
        **_PLAIN,
        "PATH_INFO": unquote_to_bytes(path).decode("latin-1"),
        "QUERY_STRING": parts.query,
        "REQUEST_URI": f"{path}?{parts.query}" if parts.query else path,
        "SERVER_NAME": parts.hostname or "",
        "SERVER_PORT": str(parts.port or (443 if parts.scheme == "https" else 80)),
        "wsgi.url_scheme": parts.scheme,
        "HTTP_HOST": parts.netloc,
    }


def ask(door: Door, environ: Mapping[str, Any], body: bytes) -> Answer:
    """Put a request to a door and wait for the whole answer; `environ` can be put to a door again."""
    told: list[Any] = []

    def start_response(status: str, headers: list[tuple[str, str]], *_: Any) -> None:
        told[:] = [int(status.split(" ", 1)[0]), headers]

    chunks = door({**environ, "wsgi.input": io.BytesIO(body)}, start_response)
    answer = b"".join(chunks)
    close = getattr(chunks, "close", None)
    if close is not None:
        close()
    return told[0], told[1], answer


def body_of(environ: Mapping[str, Any]) -> bytes:
    """Read the whole body of a request that came in."""
    body: bytes = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
    return body
