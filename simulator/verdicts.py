"""What the client under test did wrong on the wire: a pure function over the journal's exchanges."""

import re
from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from typing import Any, Final

import orjson

from simulator.journal import Exchange
from simulator.network import YOU
from simulator.suspicions import pieces_of, suspicions

EARLY: Final = "came back before Retry-After"
HOPELESS: Final = "retried what cannot succeed"
FRESH_KEY: Final = "a new key on a retry"
SENT_AGAIN: Final = "sent again what was accepted"
HAMMERING: Final = "gave a failing vendor no rest"

CLIENTS: Final = (YOU, "bridge")
_WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_HOPELESS: Final = frozenset({400, 401, 403, 405, 410, 413, 422})
_TRIES_MAX: Final = 10
_REST: Final = timedelta(minutes=1)
_HOPELESS_FOR: Final = timedelta(minutes=50)  # a person may have mended what was wrong by the next hourly sync
_KEYS: Final = ("insert_id", "idempotency_key")
_POINTED_AT: Final = ("events_with_missing_fields", "events_with_invalid_fields", "events_with_invalid_id_lengths")
_A_KEY: Final = re.compile(r'"(?:insert_id|idempotency_key)":"([^"]*)"')
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


def verdicts(exchanges: Iterable[Exchange], *, senders: Iterable[str] = CLIENTS) -> tuple[Verdict, ...]:
    """Judge the calls of `senders` to the vendors, by what they saw of the answers; in the order of the exchanges.

    `senders` are houses, or "you" for everybody outside: by default the bridge and your own code.
    """
    judges = {sender: _Judge(sender) for sender in senders}
    found = [
        verdict
        for exchange in exchanges
        if exchange.is_seen and exchange.sender in judges
        for verdict in judges[exchange.sender].judge(exchange)
    ]
    found += [verdict for judge in judges.values() for verdict in judge.fresh_keys()]
    return tuple(sorted(found, key=lambda verdict: verdict.exchange))


@dataclass(slots=True)
class _Piece:
    """One thing to be counted once, as it was sent: what it says without its key, and its key ("" for none)."""

    exchange: int
    content: str
    key: str


@dataclass(slots=True)
class _Judge:
    """What one client did so far."""

    sender: str
    closed_until: dict[tuple[str, str], tuple[datetime, int, frozenset[str]]] = field(default_factory=dict)
    failures: dict[tuple[str, str], deque[datetime]] = field(default_factory=dict)
    refused: dict[tuple[str, str, str], tuple[datetime, int]] = field(default_factory=dict)
    refused_keys: dict[str, int] = field(default_factory=dict)
    accepted: dict[str, int] = field(default_factory=dict)
    in_doubt: list[_Piece] = field(default_factory=list)
    sent: list[_Piece] = field(default_factory=list)

    def judge(self, exchange: Exchange) -> Iterator[Verdict]:
        """Judge one exchange, then remember it."""
        body = _read(exchange.request)
        pieces = list(_pieces(exchange, body))
        keys = frozenset(piece.key for piece in pieces if piece.key)
        yield from self._early(exchange, keys)
        yield from self._hammering(exchange)
        if exchange.method in _WRITES:
            yield from self._hopeless(exchange, keys)
            yield from self._sent_again(exchange, keys)
            for suspicion in suspicions(exchange, body):
                yield self._verdict(suspicion.kind, exchange, suspicion.words)
        self._remember(exchange, pieces, keys)

    def fresh_keys(self) -> Iterator[Verdict]:
        """Find what was in doubt and came again under another key, or under none, while the first never came again."""
        first = {piece.key: piece.exchange for piece in reversed(self.sent)}
        last = {piece.key: piece.exchange for piece in self.sent if piece.key}
        alike: dict[str, list[_Piece]] = {}
        for piece in self.sent:
            alike.setdefault(piece.content, []).append(piece)
        for doubted in self.in_doubt:
            since = doubted.exchange
            if last.get(doubted.key, since) > since:
                continue
            fresh = (
                it for it in alike[doubted.content] if it.exchange > since and (not it.key or first[it.key] > since)
            )
            for again in islice(fresh, 1):
                said = f"{again.key!r} instead of {doubted.key!r} of #{since}" if again.key else "none at all"
                yield Verdict(FRESH_KEY, self.sender, again.exchange, said)

    def _early(self, exchange: Exchange, keys: frozenset[str]) -> Iterator[Verdict]:
        until, number, theirs = self.closed_until.get((exchange.method, exchange.url), (exchange.at, 0, frozenset()))
        if exchange.at < until and (keys & theirs or not theirs or not keys):
            early = (until - exchange.at).total_seconds()
            yield self._verdict(EARLY, exchange, f"{early:g} s earlier than #{number} was told")

    def _hammering(self, exchange: Exchange) -> Iterator[Verdict]:
        """Count failures in a row; more than ten within a minute are too many, and are said once."""
        call = exchange.method, exchange.url
        if _OK <= exchange.status < _REFUSED_FROM:
            self.failures.pop(call, None)
        elif exchange.status in {_NO_ANSWER, _TOO_MANY} or exchange.status >= _SERVER_ERROR:
            failed = self.failures.setdefault(call, deque(maxlen=_TRIES_MAX + 1))
            failed.append(exchange.at)
            if len(failed) > _TRIES_MAX and failed[-1] - failed[0] < _REST:
                failed.clear()
                yield self._verdict(HAMMERING, exchange, f"more than {_TRIES_MAX} failed calls within a minute")

    def _hopeless(self, exchange: Exchange, keys: frozenset[str]) -> Iterator[Verdict]:
        at, number = self.refused.get((exchange.method, exchange.url, exchange.request), (None, 0))
        if at is not None and exchange.at - at < _HOPELESS_FOR:
            yield self._verdict(HOPELESS, exchange, f"the same as #{number}, which was refused")
            return
        for key in sorted(keys & self.refused_keys.keys()):
            words = f"{key!r}, which #{self.refused_keys[key]} was told is invalid"
            yield self._verdict(HOPELESS, exchange, words)

    def _sent_again(self, exchange: Exchange, keys: frozenset[str]) -> Iterator[Verdict]:
        for key in sorted(keys & self.accepted.keys()):
            yield self._verdict(SENT_AGAIN, exchange, f"{key!r}, which was accepted in #{self.accepted[key]}")

    def _remember(self, exchange: Exchange, pieces: list[_Piece], keys: frozenset[str]) -> None:
        status, call = exchange.status, (exchange.method, exchange.url)
        if exchange.retry_after_s is not None and status >= _REFUSED_FROM:
            until = exchange.at + timedelta(seconds=exchange.retry_after_s)
            self.closed_until[call] = until, exchange.number, keys
        if status in _HOPELESS:
            self.refused[*call, exchange.request] = exchange.at, exchange.number
        if status == _BAD_REQUEST:
            self.refused_keys.update(dict.fromkeys(_pointed_at(exchange, pieces), exchange.number))
        if _OK <= status < _REFUSED_FROM and not exchange.weather:
            self.accepted.update(dict.fromkeys(sorted(keys - _failed(exchange)), exchange.number))
        self.sent += pieces
        if status in {_NO_ANSWER, _TOO_MANY} or status >= _SERVER_ERROR:
            self.in_doubt += pieces

    def _verdict(self, sin: str, exchange: Exchange, words: str) -> Verdict:
        return Verdict(sin, self.sender, exchange.number, words)


def _read(text: str) -> Any:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None


def _pieces(exchange: Exchange, body: Any) -> Iterator[_Piece]:
    """Give what a request says piece by piece: the events of an upload, or a message as a whole."""
    if exchange.path.endswith("/notifications") and isinstance(body, dict):
        yield _piece(exchange, body)
    elif body is None:
        yield from (_Piece(exchange.number, key, key) for key in _A_KEY.findall(exchange.request))
    for event in pieces_of(body):
        yield _piece(exchange, event)


def _piece(exchange: Exchange, given: dict[str, Any]) -> _Piece:
    key = next((str(given[name]) for name in _KEYS if given.get(name)), "")
    content = {name: value for name, value in given.items() if name not in _KEYS}
    return _Piece(exchange.number, orjson.dumps(content, option=orjson.OPT_SORT_KEYS).decode(), key)


def _pointed_at(exchange: Exchange, pieces: list[_Piece]) -> Iterator[str]:
    """Give the keys of the events that an answer calls invalid (`facts/amplitude-api.md` 1.3)."""
    answer = _read(exchange.answer)
    columns = [answer.get(name) for name in _POINTED_AT] if isinstance(answer, dict) else []
    indexes = {
        index for column in columns if isinstance(column, dict) for listed in column.values() for index in listed
    }
    yield from (pieces[index].key for index in sorted(indexes) if index < len(pieces) and pieces[index].key)


def _failed(exchange: Exchange) -> frozenset[str]:
    """Give the keys that an answer of OneSignal's custom events names as not taken (`facts/onesignal-api.md` 7.3)."""
    answer = _read(exchange.answer)
    errors = answer.get("errors") if isinstance(answer, dict) else None
    listed = errors if isinstance(errors, list) else []
    return frozenset(str(error.get("event_id")) for error in listed if isinstance(error, dict))
