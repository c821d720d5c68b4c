"""What the laws must know of the wire, noted as it is said: the journal forgets, and a long run is judged whole."""

import re
from collections import Counter
from typing import Final, TypeVar

import msgspec

from simulator.hosts import BRIDGE_HOST
from simulator.network import YOU, Heard
from simulator.said import not_taken, pieces_said, pointed_at, read

LAWS: Final = "the laws"
_UPLOADS: Final = frozenset({"events", "custom events"})
_OK: Final = 200
_TAKEN_IN_PART: Final = 202
_REFUSED_FROM: Final = 400
_TOO_MANY: Final = 429
_SERVER_ERROR: Final = 500
_LINES_KEPT: Final = 5


_ROUTES: Final = {
    "events": re.compile(r"POST /(2/httpapi|batch)"),
    "modelled": re.compile(r"(PUT|POST) /modelled/apps/[^/]+/amplitude_cohorts/[^/]+(/members)?"),
    "tags": re.compile(r"PATCH /apps/[^/]+/users/by/external_id/[^/]+"),
    "custom events": re.compile(r"POST /apps/[^/]+/custom_events"),
    "pulls": re.compile(r"GET /(api/5/cohorts/.*|(?!api).*)"),  # a cohort's file lies anywhere
}
_T = TypeVar("_T")


class _MessageEvent(msgspec.Struct):
    id: str = msgspec.field(name="event.id", default="")


class _Row(msgspec.Struct):
    """An event of Amplitude as its webhook posts it."""

    insert_id: str | None = msgspec.field(name="$insert_id", default=None)
    uuid: str | None = None


class _CustomEvent(msgspec.Struct):
    name: str = ""


class _CustomEvents(msgspec.Struct):
    events: list[_CustomEvent] = []


_MESSAGE_EVENT: Final = msgspec.json.Decoder(_MessageEvent)
_ROWS: Final = msgspec.json.Decoder(_Row | list[_Row])
_CUSTOM_EVENTS: Final = msgspec.json.Decoder(_CustomEvents)


class Witness:
    """An ear that remembers a few words of every call to the bridge's doors, and of every call that it made.

    `acknowledged` are the message events that the bridge said it has, `streamed` Amplitude's events, each id with its
    turn. `refused` are the vendors' calls that it refused in good weather; of those that bad weather struck,
    `struck_refused` got a refusal, `struck_failed` anything else. `calls` says how often the bridge called which route,
    `strange` what is no route at all. `blamed` are the keys of what a vendor refused for good to the bridge's face,
    said alone or pointed at, and the users that OneSignal did not know. `custom_names` are the custom events that
    others than the bridge sent to OneSignal.
    """

    def __init__(self) -> None:
        self.acknowledged: dict[str, int] = {}
        self.streamed: dict[str, int] = {}
        self.refused = Lines()
        self.struck_refused = 0
        self.struck_failed = 0
        self.calls: Counter[str] = Counter()
        self.strange = Lines()
        self.blamed: set[str] = set()
        self.custom_names: set[str] = set()

    def __call__(self, heard: Heard) -> None:
        """Hear one call."""
        if heard.sender == "bridge":
            self._was_called(heard)
        elif heard.url.split("/", 3)[2] == BRIDGE_HOST:
            self._came(heard)
        elif heard.url.endswith("/custom_events"):
            told = _read(_CUSTOM_EVENTS, heard.request)
            self.custom_names.update(event.name for event in (told.events if told else ()))

    def _was_called(self, heard: Heard) -> None:
        if not heard.is_seen:
            return
        call = f"{heard.method} {heard.path}"
        route = next((name for name, pattern in _ROUTES.items() if pattern.fullmatch(call)), None)
        if route is None:
            self.strange.add(f"#{heard.number} {call}")
            return
        self.calls[route] += 1
        if route in _UPLOADS and (heard.status == _TAKEN_IN_PART or _is_refusal(heard.status)):
            self._was_refused(heard)

    def _was_refused(self, heard: Heard) -> None:
        """Note whom an answer blames: who was said alone, or is pointed at; of silenced devices it may be anybody."""
        pieces = pieces_said(heard, read(heard.request))
        self.blamed.update(not_taken(heard), pointed_at(heard, pieces))
        if heard.status != _TAKEN_IN_PART and (len(pieces) == 1 or b'"silenced_' in heard.answer):
            self.blamed.update(piece.key for piece in pieces)

    def _came(self, heard: Heard) -> None:
        if heard.weather:
            is_refused = _is_refusal(heard.status)
            self.struck_refused += is_refused
            self.struck_failed += not is_refused
        elif heard.status == _OK:
            self._was_taken(heard)
        elif heard.status >= _REFUSED_FROM and heard.sender not in {YOU, LAWS}:
            self.refused.add(f"#{heard.number} {heard.method} {heard.path} -> {heard.status}")

    def _was_taken(self, heard: Heard) -> None:
        if heard.path.endswith("/message-events"):
            event = _read(_MESSAGE_EVENT, heard.request)
            if event is not None:
                self.acknowledged.setdefault(event.id, len(self.acknowledged))
        elif heard.path.endswith("/custom-events"):
            rows = _read(_ROWS, heard.request) or []
            for row in rows if isinstance(rows, list) else [rows]:
                self.streamed.setdefault(row.insert_id or row.uuid or "", len(self.streamed))


def _is_refusal(status: int) -> bool:
    return _REFUSED_FROM <= status < _SERVER_ERROR and status != _TOO_MANY


def _read(decoder: msgspec.json.Decoder[_T], body: bytes) -> _T | None:
    """Read a body; None when it is another one than the default templates make."""
    try:
        return decoder.decode(body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return None


class Lines:
    """Counts lines, and keeps the first few."""

    def __init__(self) -> None:
        self.count = 0
        self.first: list[str] = []

    def add(self, line: str) -> None:
        """Write a line down."""
        self.count += 1
        if self.count <= _LINES_KEPT:
            self.first.append(line)

    def __str__(self) -> str:
        return f"{self.count}: {self.first}"
