"""Records what comes from outside while it happens, one line on the tape for each call."""

import gzip
import re
import zlib
from base64 import b64decode
from binascii import Error as Base64Error
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

import msgspec

from simulator.credentials import KEYS, Credentials, credentials
from simulator.errors import WrongUsageError
from simulator.network import YOU, Heard
from simulator.recordings.tape import PACKED, Call, Start
from simulator.simulation import Simulation
from simulator.telling import Telling

_KEPT_HEADERS: Final = re.compile(
    r"HTTP_(AUTHORIZATION|CONTENT_ENCODING|IDEMPOTENCY_KEY|ONESIGNAL_.+|SDK_VERSION|X_.+)"
)
_JSON: Final = "application/json"


class Recorder:
    """An ear that writes a tape; use it as a context manager.

    Record a street from where it stands now: fresh and connected, or `after` a story that was told on it. What a
    person does in a dashboard, through the fakes' Python verbs or the control port, is no call and not on the tape.
    """

    def __init__(self, path: Path, simulation: Simulation, *, after: Telling | None = None) -> None:
        try:
            self._file = path.open("wb")
        except OSError as error:
            raise WrongUsageError(f"cannot write {path}: {error.strerror}") from error
        self._names = {secret: f"${{{name}}}" for name, secret in _flat(credentials(simulation)) if name in KEYS}
        self._before = simulation.clock.now()
        self._worked = False
        self._write(
            Start(
                recording=1,
                seed=simulation.seed,
                began=simulation.began,
                limits=simulation.limits,
                scenario=after.scenario if after else None,
                settings=after.settings if after else (),
            )
        )
        simulation.network.listen(self)

    def __enter__(self) -> Self:
        """Go on recording."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop recording."""
        self._file.close()

    def __call__(self, heard: Heard) -> None:
        """Hear one exchange; what the houses say among themselves is not on the tape."""
        if self._file.closed or not heard.status:
            return
        if heard.sender != YOU:
            self._worked = True
            return
        body: dict[str, Any] = {"json": _as_json(_unpacked(heard))}
        if heard.request and body["json"] is None:
            body = {"raw": self._named(heard.request.decode("latin-1"))}
        call = Call(
            method=heard.method,
            url=heard.url,
            status=heard.status,
            wait_s=round((heard.at - self._before).total_seconds(), 3),
            worked=self._worked,
            headers=dict(self._headers(heard.environ, has_body=bool(heard.request))),
            answer=_as_json(heard.answer),
            **body,
        )
        self._before, self._worked = heard.at, False
        self._write(call)

    def _headers(self, environ: Mapping[str, Any], *, has_body: bool) -> Mapping[str, str]:
        found = {
            name[5:].replace("_", "-").title(): value for name, value in environ.items() if _KEPT_HEADERS.match(name)
        }
        kind = environ.get("CONTENT_TYPE", "")
        if has_body and not kind.startswith(_JSON):
            found["Content-Type"] = kind
        if found.get("Authorization", "").startswith("Basic "):
            found["Authorization"] = _readable(found["Authorization"])
        return found

    def _write(self, line: Start | Call) -> None:
        self._file.write(self._named(msgspec.json.encode(line).decode()).encode() + b"\n")
        self._file.flush()

    def _named(self, text: str) -> str:
        for secret, name in self._names.items():
            text = text.replace(secret, name)
        return text


def _flat(credentials: Credentials) -> list[tuple[str, str]]:
    return [(f"{house}.{name}", secret) for house, keys in credentials.items() for name, secret in keys.items()]


def _readable(authorization: str) -> str:
    try:
        return "Basic " + b64decode(authorization.removeprefix("Basic "), validate=True).decode()
    except (Base64Error, UnicodeDecodeError):
        return authorization


def _unpacked(heard: Heard) -> bytes:
    """Unpack a gzipped body, in which no key could be seen; whoever makes the call again packs it again."""
    if heard.environ.get("HTTP_CONTENT_ENCODING") != PACKED:
        return heard.request
    try:
        return gzip.decompress(heard.request)
    except (OSError, EOFError, zlib.error):
        return heard.request


def _as_json(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
