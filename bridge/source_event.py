"""Reads a message event as OneSignal's Event Streams post it, by the template in `contracts/`."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import msgspec

from bridge.contracts.kinds import canonical_kind
from bridge.errors import Malformed

if TYPE_CHECKING:
    from collections.abc import Mapping

_LAST_SECOND = datetime(9999, 1, 1, tzinfo=UTC).timestamp()

LocalisedText = str | dict[str, str | None] | None
NOWHERE: dict[str, str] = {}


class MessageEvent(msgspec.Struct, frozen=True):
    """One thing that became of one message on one subscription; title and contents may speak several languages."""

    kind: str
    id: str
    time_ms: int
    app_id: str
    subscription_id: str
    external_id: str
    device_type: str
    language: str
    message_id: str
    message_name: str
    message_title: LocalisedText
    message_contents: LocalisedText
    template_id: str


class _Body(msgspec.Struct, frozen=True):
    """The flat dotted keys of the template; what a customer's template leaves out is empty."""

    kind: str = msgspec.field(name="event.kind")
    id: str = msgspec.field(name="event.id")
    timestamp: int | float | str | None = msgspec.field(name="event.timestamp", default=None)
    moment: str | None = msgspec.field(name="event.datetime", default=None)
    app_id: str | None = msgspec.field(name="event.app_id", default=None)
    subscription_id: str | None = msgspec.field(name="event.subscription_id", default=None)
    external_id: str | None = msgspec.field(name="event.external_id", default=None)
    device_type: str | None = msgspec.field(name="event.subscription_device_type", default=None)
    message_id: str | None = msgspec.field(name="message.id", default=None)
    message_name: str | None = msgspec.field(name="message.name", default=None)
    message_title: LocalisedText = msgspec.field(name="message.title", default=None)
    message_contents: LocalisedText = msgspec.field(name="message.contents", default=None)
    template_id: str | None = msgspec.field(name="message.template_id", default=None)
    language: str | None = msgspec.field(name="user.language", default=None)


SOURCE_FIELDS = tuple(each.encode_name for each in msgspec.structs.fields(_Body))


def parse_message_event(body: bytes, elsewhere: Mapping[str, str] = NOWHERE) -> MessageEvent:
    """Read one event (facts/integration.md 1.4); raises Malformed with one line that names the field.

    `elsewhere` says for our fields where a customer's own template put them.
    """
    try:
        sent = msgspec.json.decode(body, type=dict[str, object])
        fields = _flat(sent)
        fields.update((name, _at(sent, path)) for name, path in elsewhere.items())
        parsed = msgspec.convert(fields, _Body)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise Malformed(f"not a message event: {error}") from error
    if not parsed.id.strip() or not parsed.kind.strip():
        raise Malformed("not a message event: event.kind and event.id must not be blank")
    for name, value in (("event.kind", parsed.kind), ("event.id", parsed.id)):
        if "\0" in value:
            raise Malformed(f"not a message event: {name} holds a NUL character")
    return MessageEvent(
        kind=canonical_kind(parsed.kind),
        id=parsed.id,
        time_ms=_time_ms(parsed.timestamp, parsed.moment),
        app_id=parsed.app_id or "",
        subscription_id=parsed.subscription_id or "",
        external_id=parsed.external_id or "",
        device_type=parsed.device_type or "",
        language=parsed.language or "",
        message_id=parsed.message_id or "",
        message_name=parsed.message_name or "",
        message_title=parsed.message_title or "",
        message_contents=parsed.message_contents or "",
        template_id=parsed.template_id or "",
    )


def _at(sent: dict[str, object], path: str) -> object:
    """Answer what lies under a key of this very name, else at the end of the dotted path; None when nothing does."""
    if path in sent:
        return sent[path]
    found: object = sent
    for key in path.split("."):
        if not isinstance(found, dict):
            return None
        found = found.get(key)
    return found


def _flat(fields: dict[str, object]) -> dict[str, object]:
    """Spread `{"event": {"kind": ...}}` to `{"event.kind": ...}`, and the vendor's two named groups."""
    flat: dict[str, object] = {}
    for key, value in fields.items():
        if key in ("event", "message", "user") and isinstance(value, dict):
            flat.update((f"{key}.{name}", inner) for name, inner in value.items())
        elif key in ("Event Data", "Message Data") and isinstance(value, dict):
            flat.update(value)
        else:
            flat[key] = value
    return flat


def _time_ms(timestamp: float | str | None, moment: str | None) -> int:
    """Answer the finer of both times when they agree on the second, else the timestamp."""
    by_clock = _moment_ms(moment) if moment else None
    seconds = _seconds(timestamp)
    if seconds is None:
        if by_clock is None:
            raise Malformed("not a message event: event.timestamp or event.datetime must be given")
        return by_clock
    if by_clock is not None and by_clock // 1000 == int(seconds):
        return by_clock
    return int(seconds * 1000)


def _seconds(timestamp: float | str | None) -> float | None:
    if timestamp is None or timestamp == "":
        return None
    try:
        seconds = float(timestamp)
    except (ValueError, OverflowError) as error:
        raise Malformed("not a message event: event.timestamp is not a number of seconds") from error
    if not 0 <= seconds < _LAST_SECOND:
        raise Malformed("not a message event: event.timestamp is not a number of seconds since 1970")
    return seconds


def _moment_ms(moment: str) -> int:
    try:
        parsed = datetime.fromisoformat(moment)
    except ValueError as error:
        raise Malformed("not a message event: event.datetime is not an ISO 8601 time") from error
    if parsed.tzinfo is None:
        parsed = parsed.replace(tzinfo=UTC)
    if not 1970 <= parsed.year < 9999:  # noqa: PLR2004  # what a timestamp can say, too
        raise Malformed("not a message event: event.datetime is out of range")
    milliseconds = round(parsed.timestamp() * 1000)
    return max(milliseconds, 0)
