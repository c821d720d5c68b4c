"""What was said on the wire: the last exchanges, exact counts of all of them, and one digest over every byte."""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import urlsplit

_KEPT: Final = 2_000
_KEPT_BYTES: Final = 16_000_000
_CLIP: Final = 65_536
_SECRETS: Final = (
    (b"_key", re.compile(rb'("(?:api_key|secret_key|rest_api_key)"\s*:\s*")[^"]*')),
    (b'"secret"', re.compile(rb'("secret"\s*:\s*")[^"]*')),
    (b"api_key=", re.compile(rb"(api_key=)[^&\s]*")),
    (b"client=", re.compile(rb"(client=)[^&\s]*")),
    (b"Invalid API key: ", re.compile(rb"(Invalid API key: )[^\"]*")),
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, with every key already redacted; bodies are clipped at 65,536 bytes.

    `sender` is the house that called, or "you" for everybody outside.
    `weather` says what befell the call on the wire, and then the status is what its sender saw: 0 for no answer.
    `is_seen` is False for the effect of such a call: its sender never saw this answer. `request_bytes` is the size of
    the whole request, `retry_after_s` what the answer's Retry-After asked for, and `verdicts` say in words what its
    sender did wrong.
    """

    number: int
    at: datetime
    sender: str
    method: str
    url: str
    request: str
    status: int
    answer: str
    weather: str
    is_seen: bool = True
    request_bytes: int = 0
    retry_after_s: int | None = None
    verdicts: tuple[str, ...] = ()

    @property
    def host(self) -> str:
        """The host that was called."""
        return self.url.split("/", 3)[2]

    @property
    def path(self) -> str:
        """The path that was called, without its query."""
        return urlsplit(self.url).path

    @property
    def line(self) -> str:
        """The exchange on one line, as a person reads it."""
        told = f"{self.status or 'no answer'}{f' ({self.weather})' if self.weather else ''}"
        judged = "".join(f" [{verdict}]" for verdict in self.verdicts)
        return f"#{self.number} {self.at:%H:%M:%S} {self.method} {self.url} -> {told}{judged}"


class _Entry(NamedTuple):
    """An exchange as it is kept: in bytes, with its keys."""

    number: int
    at: datetime
    sender: str
    method: str
    url: str
    request: bytes
    status: int
    answer: bytes
    weather: str
    is_seen: bool
    request_bytes: int
    retry_after_s: int | None

    def read(self, verdicts: tuple[str, ...] = ()) -> Exchange:
        """Give the exchange as a person may see it, with what the bench says of it."""
        return Exchange(
            number=self.number,
            at=self.at,
            sender=self.sender,
            method=self.method,
            url=_redacted(self.url.encode()),
            request=_redacted(self.request),
            status=self.status,
            answer=_redacted(self.answer),
            weather=self.weather,
            is_seen=self.is_seen,
            request_bytes=self.request_bytes,
            retry_after_s=self.retry_after_s,
            verdicts=verdicts,
        )


class Journal:
    """Keeps the last 2,000 exchanges (fewer when they are large), and counts and digests all of them.

    Entries are redacted when they are read, not when they are written: the wire stays fast, and nobody sees a key.
    `verdicts` gives what is said against an exchange, by its number, as far as is known when the journal is read.
    """

    def __init__(self, verdicts: Callable[[], Mapping[int, tuple[str, ...]]] = dict) -> None:
        self._verdicts = verdicts
        self._recent: deque[_Entry] = deque()
        self._bytes = 0
        self._counts: Counter[tuple[str, str, int]] = Counter()
        self._digest = hashlib.sha256()
        self._number = 0

    def enter(
        self,
        *,
        at: datetime,
        sender: str,
        method: str,
        url: str,
        request: bytes,
        status: int,
        answer: bytes,
        headers: Iterable[tuple[str, str]] = (),
        weather: str = "",
        is_seen: bool = True,
    ) -> int:
        """Write down one exchange; answers its number."""
        self._number += 1
        self._counts[method, url.split("/", 3)[2], status] += 1
        self._digest.update(f"{at.isoformat()} {method} {url} {status} {len(request)} {weather}\n".encode())
        self._digest.update(request)
        self._digest.update(answer)
        self._keep(
            _Entry(
                number=self._number,
                at=at,
                sender=sender,
                method=method,
                url=url,
                request=request[:_CLIP],
                status=status,
                answer=answer[:_CLIP],
                weather=weather,
                is_seen=is_seen,
                request_bytes=len(request),
                retry_after_s=retry_after_s(headers),
            )
        )
        return self._number

    def _keep(self, entry: _Entry) -> None:
        self._recent.append(entry)
        self._bytes += len(entry.request) + len(entry.answer)
        while len(self._recent) > _KEPT or self._bytes > _KEPT_BYTES:
            forgotten = self._recent.popleft()
            self._bytes -= len(forgotten.request) + len(forgotten.answer)

    @property
    def forgotten(self) -> int:
        """How many exchanges are no longer kept."""
        return self._number - len(self._recent)

    def __len__(self) -> int:
        """Count every exchange there ever was."""
        return self._number

    def __iter__(self) -> Iterator[Exchange]:
        """Read the kept exchanges, oldest first."""
        yield from self._read(tuple(self._recent))

    def to(self, *hosts: str) -> Iterator[Exchange]:
        """Read the kept exchanges with some hosts, oldest first."""
        yield from self._read([entry for entry in tuple(self._recent) if entry.url.split("/", 3)[2] in hosts])

    def _read(self, entries: Sequence[_Entry]) -> Iterator[Exchange]:
        told = self._verdicts()
        return (entry.read(told.get(entry.number, ())) for entry in entries)

    def count(self, *, method: str | None = None, host: str | None = None, status: int | None = None) -> int:
        """Count exchanges, exactly, by any of method, host and status."""
        return sum(
            count
            for (a_method, a_host, a_status), count in self._counts.items()
            if method in {None, a_method} and host in {None, a_host} and status in {None, a_status}
        )

    def digest(self) -> str:
        """Sum up every exchange so far as a SHA-256 in hexadecimal."""
        return self._digest.hexdigest()


def retry_after_s(headers: Iterable[tuple[str, str]]) -> int | None:
    """Read a Retry-After in seconds; a date is none."""
    asked = next((value for name, value in headers if name.lower() == "retry-after"), "")
    return int(asked) if asked.isascii() and asked.isdigit() else None


def _redacted(raw: bytes) -> str:
    for hint, secret in _SECRETS:
        if hint in raw:
            raw = secret.sub(rb"\1***", raw)
    return raw.decode(errors="replace")
