"""What is suspicious about a single request although the vendor may take it: limits, old fields, misspelt fields."""

import difflib
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import Any, Final, NamedTuple

from simulator.known_fields import FIELDS
from simulator.said import Said, pieces_of

OVER_LIMIT: Final = "a batch over the limits"
DEPRECATED: Final = "a deprecated field"
SUSPICIOUS: Final = "accepted, but suspicious"


class Suspicion(NamedTuple):
    """One kind of suspicion, in words."""

    kind: str
    words: str


class _Limit(NamedTuple):
    """How much one request may hold (`facts/amplitude-api.md` 1.3, 1.4, `facts/onesignal-api.md` 7.3)."""

    pieces: int | None
    bytes: int


_LIMITS: Final = {
    "/2/httpapi": _Limit(2_000, 1_000_000),
    "/batch": _Limit(2_000, 20_000_000),
    "custom_events": _Limit(None, 1_000_000),
}
_DEPRECATED_FIELDS: Final = {
    "include_player_ids": "include_subscription_ids",
    "include_external_user_ids": "include_aliases",
    "channel_for_external_user_ids": "target_channel",
    "include_email_tokens": "email_to",
}
_UPLOADS: Final = frozenset({"/2/httpapi", "/batch"})
_DEPRECATED_PATHS: Final = {"/httpapi": "/2/httpapi", "/players": "/apps/{app_id}/users"}
_KNOWN: Final = {what: frozenset(fields) for what, fields in FIELDS.items()}
_STRANGE_MAX: Final = 20  # unknown fields that are looked at
_FIELD_MAX: Final = 64  # characters of a field that may be meant to be another
_TOO_LARGE: Final = 413
_NEAR: Final = 0.75
_SECONDS_UNTIL: Final = 100_000_000_000  # as milliseconds this is 1973, as seconds it is the year 5138


def suspicions(said: Said, body: Any) -> Iterator[Suspicion]:
    """Look at one request; `body` is its JSON, or None when it has none that can be read."""
    path = said.path.removeprefix("/api/v1")
    events = pieces_of(body)
    if said.method == "POST":
        limit = _LIMITS.get(path) or _LIMITS.get(path.rsplit("/", 1)[-1])
        if limit is not None:
            yield from _over_limit(said, limit, len(events))
        if path in _DEPRECATED_PATHS:
            yield Suspicion(DEPRECATED, f"{said.path} is of old; today it is {_DEPRECATED_PATHS[path]}")
    if isinstance(body, dict):
        for field in sorted(_DEPRECATED_FIELDS.keys() & body.keys()):
            yield Suspicion(DEPRECATED, f"{field!r} is of old; today it is {_DEPRECATED_FIELDS[field]!r}")
        yield from _strange_fields(said.method, path, body, events)


def _over_limit(said: Said, limit: _Limit, count: int) -> Iterator[Suspicion]:
    if said.request_bytes > limit.bytes:
        yield Suspicion(OVER_LIMIT, f"{said.request_bytes:,} bytes; {said.path} takes {limit.bytes:,}")
    elif limit.pieces is not None and count > limit.pieces:
        yield Suspicion(OVER_LIMIT, f"{count:,} events; {said.path} takes {limit.pieces:,}")
    elif said.status == _TOO_LARGE and not said.weather:
        yield Suspicion(OVER_LIMIT, f"{said.request_bytes:,} bytes were refused as too large")


def _strange_fields(
    method: str, path: str, body: Mapping[str, Any], events: Sequence[Mapping[str, Any]]
) -> Iterator[Suspicion]:
    if path in _UPLOADS:
        yield from _misspelt("upload", body)
        for event in events:
            yield from _misspelt("event", event)
        yield from islice(filter(None, map(_in_seconds, events)), 1)
    elif path == "/notifications":
        yield from _misspelt("message", body)
    elif path.endswith("/custom_events"):
        for event in events:
            yield from _misspelt("custom event", event)
    elif "/users" in path and method in {"POST", "PATCH"} and path.count("/") in {3, 6}:
        yield from _misspelt("user", body)


def _misspelt(what: str, given: Mapping[str, Any]) -> Sequence[Suspicion]:
    known = _KNOWN[what]
    if given.keys() <= known:
        return ()
    strange = islice((field for field in given if field not in known), _STRANGE_MAX)
    meant = ((field, _nearest(what, field)) for field in strange)
    return [
        Suspicion(SUSPICIOUS, f"{what} field {field!r} is not known; did you mean {near!r}?")
        for field, near in meant
        if near is not None
    ]


@lru_cache(maxsize=1_024)
def _nearest(what: str, field: str) -> str | None:
    near = [] if len(field) > _FIELD_MAX else difflib.get_close_matches(field, FIELDS[what], n=1, cutoff=_NEAR)
    return near[0] if near else None


def _in_seconds(event: Mapping[str, Any]) -> Suspicion | None:
    time = event.get("time")
    if not isinstance(time, int | float) or not 0 < time < _SECONDS_UNTIL:
        return None
    return Suspicion(SUSPICIOUS, f"time {time:.0f} is long ago; did you mean milliseconds, {time * 1000:.0f}?")
