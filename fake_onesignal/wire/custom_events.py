"""The JSON of custom events: a list of them in, the ones without a user out (facts/onesignal-api.md 7.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import msgspec
from msgspec import Struct

from fake_onesignal.custom_events import CustomEventDraft
from fake_onesignal.message_errors import CustomEventsRefusedError
from fake_onesignal.wire.dates import parse_moment

if TYPE_CHECKING:
    from collections.abc import Sequence

NAME_LENGTH_MAX: Final = 128
EVENT_BYTES_MAX: Final = 2_024
BODY_BYTES_MAX: Final = 1_000_000


class EventsBody(Struct, frozen=True):
    """The request; each event is read on its own, because its length counts."""

    events: list[msgspec.Raw]


class EventBody(Struct, frozen=True):
    """One event; the API's page says `properties`, SDKs and typed clients say `payload`."""

    name: str
    external_id: str | None = None
    onesignal_id: str | None = None
    timestamp: str | None = None
    idempotency_key: str | None = None
    properties: dict[str, Any] | None = None
    payload: dict[str, Any] | None = None


_EVENTS: Final = msgspec.json.Decoder(EventsBody)
_EVENT: Final = msgspec.json.Decoder(EventBody)


def parse_custom_events(body: bytes) -> list[CustomEventDraft]:
    """Read the events of a request; refused as a whole when one of them is malformed or too large (inferred)."""
    if len(body) > BODY_BYTES_MAX:
        raise CustomEventsRefusedError
    try:
        return [_draft(raw) for raw in _EVENTS.decode(body).events]
    except (msgspec.MsgspecError, UnicodeError, RecursionError, ValueError, OverflowError) as error:
        raise CustomEventsRefusedError from error


def _draft(raw: msgspec.Raw) -> CustomEventDraft:
    event = _EVENT.decode(raw)
    label, value = ("onesignal_id", event.onesignal_id) if event.onesignal_id else ("external_id", event.external_id)
    if not value or not 0 < len(event.name) <= NAME_LENGTH_MAX or len(bytes(raw)) > EVENT_BYTES_MAX:
        raise CustomEventsRefusedError
    return CustomEventDraft(
        name=event.name,
        label=label,
        value=value,
        at=parse_moment(event.timestamp) if event.timestamp else None,
        idempotency_key=event.idempotency_key or "",
        properties=event.properties or event.payload or {},
    )


def render_unknown(unknown: Sequence[CustomEventDraft]) -> dict[str, Any]:
    """Render what became of a request: nothing to say, or the events whose user does not exist."""
    if not unknown:
        return {}
    return {
        "errors": [
            {
                "event_user_id": draft.value,
                "event_id": draft.idempotency_key,
                "error": {
                    "code": "not found",
                    "title": f"failed to find a onesignal_id for user_id {draft.value}",
                },
            }
            for draft in unknown
        ]
    }
