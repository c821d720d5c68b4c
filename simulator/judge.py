"""One client before the judge: what it did so far, as far as it must be remembered, and what of it is a sin."""

import hashlib
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from simulator.doubts import Doubts
from simulator.recent import Recent
from simulator.said import Piece, Said, not_taken, pieces_said, pointed_at, read
from simulator.suspicions import suspicions

EARLY: Final = "came back before Retry-After"
HOPELESS: Final = "retried what cannot succeed"
FRESH_KEY: Final = "a new key on a retry"
SENT_AGAIN: Final = "sent again what was accepted"
HAMMERING: Final = "gave a failing vendor no rest"

_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HOPELESS: Final = frozenset({400, 401, 403, 405, 410, 413, 422})
_TRIES_MAX: Final = 10
_REST: Final = timedelta(minutes=1)
_HOPELESS_FOR: Final = timedelta(minutes=50)  # a person may have mended what was wrong by the next hourly sync
_OK: Final = 200
_REFUSED_FROM: Final = 400
_NO_ANSWER: Final = 0
_SERVER_ERROR: Final = 500
_BAD_REQUEST: Final = 400
_TOO_MANY: Final = 429


@dataclass(frozen=True, slots=True)
class Verdict:
    """One sin of a client: which, in which exchange of the journal, and in words."""

    sin: str
    sender: str
    exchange: int
    words: str

    def __str__(self) -> str:
        return f"{self.sin}: {self.words} ({self.sender}, #{self.exchange})"


_Call = tuple[str, str]


@dataclass(slots=True)
class Judge:
    """Judges one client call by call; what it remembers does not grow for ever."""

    sender: str
    _closed_until: Recent[_Call, tuple[datetime, int, frozenset[str]]] = field(default_factory=Recent)
    _failures: Recent[_Call, deque[datetime]] = field(default_factory=Recent)
    _refused: Recent[tuple[str, str, bytes], tuple[datetime, int]] = field(default_factory=Recent)
    _refused_keys: Recent[str, int] = field(default_factory=Recent)
    _accepted: Recent[str, int] = field(default_factory=Recent)
    _doubts: Doubts = field(default_factory=Doubts)

    def judge(self, said: Said) -> Iterator[Verdict]:
        """Judge one call, then remember it."""
        body = read(said.request)
        pieces = pieces_said(said, body)
        keys = frozenset(piece.key for piece in pieces if piece.key)
        if self._closed_until:
            yield from self._early(said, keys)
        if self._failures or _may_pass(said.status):
            yield from self._hammering(said)
        if said.method in _WRITES:
            yield from self._hopeless(said, keys)
            yield from self._sent_again(said, keys)
            for suspicion in dict.fromkeys(suspicions(said, body)):
                yield self._verdict(suspicion.kind, said, suspicion.words)
        self._remember(said, pieces, keys)

    def fresh_keys(self) -> Iterator[Verdict]:
        """Say what is a new key on a retry, as far as is known by now."""
        return (Verdict(FRESH_KEY, self.sender, number, words) for number, words in self._doubts.found())

    def _early(self, said: Said, keys: frozenset[str]) -> Iterator[Verdict]:
        told = self._closed_until.get((said.method, said.url))
        if told is None:
            return
        until, number, theirs = told
        if said.at < until and (keys & theirs or not theirs or not keys):
            early = (until - said.at).total_seconds()
            yield self._verdict(EARLY, said, f"{early:g} s earlier than #{number} was told")

    def _hammering(self, said: Said) -> Iterator[Verdict]:
        """Count failures in a row; more than ten within a minute are too many, and are said once."""
        call = said.method, said.url
        if _OK <= said.status < _REFUSED_FROM:
            self._failures.pop(call, None)
        elif _may_pass(said.status):
            failed = self._failures.get(call) or deque(maxlen=_TRIES_MAX + 1)
            failed.append(said.at)
            self._failures.remember(call, failed)
            if len(failed) > _TRIES_MAX and failed[-1] - failed[0] < _REST:
                failed.clear()
                yield self._verdict(HAMMERING, said, f"more than {_TRIES_MAX} failed calls within a minute")

    def _hopeless(self, said: Said, keys: frozenset[str]) -> Iterator[Verdict]:
        at, number = self._refused.get(_request(said), (None, 0)) if self._refused else (None, 0)
        if at is not None and said.at - at < _HOPELESS_FOR:
            yield self._verdict(HOPELESS, said, f"the same as #{number}, which was refused")
            return
        for key in sorted(key for key in keys if key in self._refused_keys):
            words = f"{key!r}, which #{self._refused_keys[key]} was told is invalid"
            yield self._verdict(HOPELESS, said, words)

    def _sent_again(self, said: Said, keys: frozenset[str]) -> Iterator[Verdict]:
        for key in sorted(key for key in keys if key in self._accepted):
            yield self._verdict(SENT_AGAIN, said, f"{key!r}, which was accepted in #{self._accepted[key]}")

    def _remember(self, said: Said, pieces: list[Piece], keys: frozenset[str]) -> None:
        self._doubts.hear(said.number, pieces, (self._accepted, self._refused_keys))
        if _OK <= said.status < _REFUSED_FROM:
            if keys and not said.weather:
                self._accepted.remember_all(sorted(keys.difference(not_taken(said))), said.number)
            return
        if said.retry_after_s is not None:
            until = said.at + timedelta(seconds=said.retry_after_s)
            self._closed_until.remember((said.method, said.url), (until, said.number, keys))
        if said.status in _HOPELESS:
            self._refused.remember(_request(said), (said.at, said.number))
        if said.status == _BAD_REQUEST:
            self._refused_keys.remember_all(pointed_at(said, pieces), said.number)
        if _may_pass(said.status):
            self._doubts.add(said.number, pieces)

    def _verdict(self, sin: str, said: Said, words: str) -> Verdict:
        return Verdict(sin, self.sender, said.number, words)


def _may_pass(status: int) -> bool:
    """Whether a call failed for now, and its sender cannot know what became of it."""
    return status in {_NO_ANSWER, _TOO_MANY} or status >= _SERVER_ERROR


def _request(said: Said) -> tuple[str, str, bytes]:
    """Name a request with its body, in a few bytes."""
    body = said.request.encode() if isinstance(said.request, str) else said.request
    return said.method, said.url, hashlib.blake2b(body, digest_size=16).digest()
