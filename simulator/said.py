"""What was said in one call, as those who judge it see it, and the pieces that it was made of."""

import hashlib
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NamedTuple, Protocol

import orjson

_KEYS: Final = ("insert_id", "idempotency_key")
_POINTED_AT: Final = ("events_with_missing_fields", "events_with_invalid_fields", "events_with_invalid_id_lengths")
_A_KEY: Final = re.compile(r'"(?:insert_id|idempotency_key)":"([^"]*)"')


class Said(Protocol):
    """One call: an exchange of the journal, or what an ear hears."""

    @property
    def number(self) -> int:
        """Its number in the journal."""

    @property
    def at(self) -> datetime:
        """When it was answered."""

    @property
    def sender(self) -> str:
        """Who called."""

    @property
    def method(self) -> str:
        """How."""

    @property
    def url(self) -> str:
        """Where."""

    @property
    def path(self) -> str:
        """Where, without host and query."""

    @property
    def request(self) -> str | bytes:
        """The body."""

    @property
    def request_bytes(self) -> int:
        """How long the whole body was."""

    @property
    def status(self) -> int:
        """What its sender saw; 0 for no answer."""

    @property
    def answer(self) -> str | bytes:
        """The answer's body."""

    @property
    def weather(self) -> str:
        """What befell the call on the wire."""

    @property
    def is_seen(self) -> bool:
        """Whether its sender saw this answer."""

    @property
    def retry_after_s(self) -> int | None:
        """What the answer's Retry-After asked for."""


class Piece(NamedTuple):
    """One thing to be counted once, as it was sent: its key ("" for none), and what it says beside it."""

    key: str
    words: dict[str, Any]

    @property
    def content(self) -> bytes:
        """A digest of what it says: two pieces that say the same have the same."""
        content = {name: value for name, value in self.words.items() if name not in _KEYS}
        try:
            told = orjson.dumps(content, option=orjson.OPT_SORT_KEYS)
        except orjson.JSONEncodeError:  # deeper than anybody means it
            told = repr(content).encode()
        return hashlib.blake2b(told, digest_size=16).digest()


def read(text: str | bytes) -> Any:
    """Read JSON; None when it is none."""
    try:
        return orjson.loads(text) if text else None
    except orjson.JSONDecodeError:
        return None


def pieces_said(said: Said, body: Any) -> list[Piece]:
    """Give what a request says piece by piece: the events of an upload, or a message as a whole."""
    if body is None and isinstance(said.request, str):  # the journal clips long bodies
        return [Piece(key, {"key": key}) for key in _A_KEY.findall(said.request)]
    if isinstance(body, dict) and said.path.endswith("/notifications"):
        return [_piece(body)]
    return [_piece(event) for event in pieces_of(body)]


def pointed_at(said: Said, pieces: Sequence[Piece]) -> Iterator[str]:
    """Give the keys of the events that an answer calls invalid (`facts/amplitude-api.md` 1.3)."""
    answer = read(said.answer)
    columns = [answer.get(name) for name in _POINTED_AT] if isinstance(answer, dict) else []
    lists = [listed for column in columns if isinstance(column, dict) for listed in column.values()]
    indexes = {index for listed in lists if isinstance(listed, list) for index in listed if isinstance(index, int)}
    yield from (pieces[index].key for index in sorted(indexes) if 0 <= index < len(pieces) and pieces[index].key)


def not_taken(said: Said) -> Iterator[str]:
    """Give the keys and the users that an answer of OneSignal's custom events names (`facts/onesignal-api.md` 7.3)."""
    answer = read(said.answer) if said.path.endswith("/custom_events") else None
    errors = answer.get("errors") if isinstance(answer, dict) else None
    for error in errors if isinstance(errors, list) else ():
        if isinstance(error, dict):
            yield from (str(error[name]) for name in ("event_id", "event_user_id") if error.get(name))


def pieces_of(body: Any) -> list[dict[str, Any]]:
    """Give the events of an upload."""
    events = body.get("events") if isinstance(body, dict) else None
    return [event for event in events if isinstance(event, dict)] if isinstance(events, list) else []


def _piece(words: dict[str, Any]) -> Piece:
    key = words.get("insert_id") or words.get("idempotency_key") or ""
    return Piece(key if isinstance(key, str) else str(key), words)
