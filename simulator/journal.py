"""What was said on the wire: the last exchanges, exact counts of all of them, and one digest over every byte."""

import hashlib
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

_KEPT: Final = 2_000
_CLIP: Final = 4_096
_SECRETS: Final = (
    re.compile(rb'("(?:api_key|secret_key|rest_api_key|secret)"\s*:\s*")[^"]*'),
    re.compile(rb"((?:api_key|client)=)[^&\s]*"),
    re.compile(rb"(Invalid API key: )[^\"]*"),
)


@dataclass(frozen=True, slots=True)
class Exchange:
    """One request and its answer, with every key already redacted; bodies are clipped at 4,096 bytes.

    `sender` is the house that called, or "you" for everybody outside.
    `weather` says what befell the call on the wire, and then the status is what its sender saw: 0 for no answer.
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

    @property
    def line(self) -> str:
        """The exchange on one line, as a person reads it."""
        told = f"{self.status or 'no answer'}{f' ({self.weather})' if self.weather else ''}"
        return f"#{self.number} {self.at:%H:%M:%S} {self.method} {self.url} -> {told}"


class Journal:
    """Keeps the last 2,000 exchanges, and counts and digests all of them.

    Entries are redacted when they are read, not when they are written: the wire stays fast, and nobody sees a key.
    """

    def __init__(self) -> None:
        self._recent: deque[tuple[int, datetime, str, str, str, bytes, int, bytes, str]] = deque(maxlen=_KEPT)
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
        weather: str = "",
    ) -> None:
        """Write down one exchange."""
        self._number += 1
        host = url.split("/", 3)[2]
        self._counts[method, host, status] += 1
        self._digest.update(f"{at.isoformat()} {method} {url} {status} {len(request)} {weather}\n".encode())
        self._digest.update(request)
        self._digest.update(answer)
        self._recent.append((self._number, at, sender, method, url, request[:_CLIP], status, answer[:_CLIP], weather))

    def __len__(self) -> int:
        """Count every exchange there ever was."""
        return self._number

    def __iter__(self) -> Iterator[Exchange]:
        """Read the kept exchanges, oldest first."""
        for number, at, sender, method, url, request, status, answer, weather in tuple(self._recent):
            yield Exchange(
                number=number,
                at=at,
                sender=sender,
                method=method,
                url=_redacted(url.encode()),
                request=_redacted(request),
                status=status,
                answer=_redacted(answer),
                weather=weather,
            )

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


def _redacted(raw: bytes) -> str:
    for secret in _SECRETS:
        raw = secret.sub(rb"\1***", raw)
    return raw.decode(errors="replace")
