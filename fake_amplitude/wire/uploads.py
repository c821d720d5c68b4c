"""Reads what is posted to `/2/httpapi` and `/batch`, fast when it is sound; else the strict reader finds the words."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude import errors
from fake_amplitude.properties import OPERATIONS
from fake_amplitude.wire.id_rules import ID_LENGTH_MAX, INVALID_IDS, MIN_ID_LENGTH
from fake_amplitude.wire.json_text import MALFORMED
from fake_amplitude.wire.nesting import NESTED, is_shallow
from fake_amplitude.wire.strict_uploads import parse_strictly
from fake_amplitude.wire.upload_form import (
    EVENTS_MAX,
    RESERVED_EVENT_TYPES,
    TIME_MAX_MS,
    Upload,
    UploadedEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_amplitude.records import Project

_DECODER = msgspec.json.Decoder(Upload)


def unpacked(body: bytes, content_encoding: str, *, size_max: int) -> bytes:
    """Answer the body without its gzip coat; raises `PayloadTooLarge` and `InvalidJsonRequestBody`."""
    if content_encoding.strip().lower() == "gzip":
        gunzip = zlib.decompressobj(wbits=31)
        try:
            body = gunzip.decompress(body, size_max + 1)
        except zlib.error as malformed:
            raise errors.InvalidJsonRequestBody from malformed
    if len(body) > size_max:
        raise errors.PayloadTooLarge
    return body


def parse_upload(
    body: bytes, project_of: Callable[[str], Project], *, lenient_ids: bool = False
) -> tuple[Project, Upload]:
    """Read a request body; `project_of` raises when no project has the key. Raises every `IngestionError`."""
    try:
        upload = _DECODER.decode(body)
    except MALFORMED:
        return parse_strictly(body, project_of, lenient_ids=lenient_ids)
    if len(upload.events) > EVENTS_MAX:
        raise errors.PayloadTooLarge
    options = upload.options
    shortest = MIN_ID_LENGTH if options is None or options.min_id_length is None else options.min_id_length
    if not all(_is_sound(event, shortest) for event in upload.events):
        return parse_strictly(body, project_of, lenient_ids=lenient_ids)
    return project_of(upload.api_key), upload


def _is_sound(event: UploadedEvent, shortest: int) -> bool:
    user_id, device_id = event.user_id, event.device_id
    return (
        (user_id is not None or device_id is not None)
        and (user_id is None or _is_sound_id(user_id, shortest))
        and (device_id is None or _is_sound_id(device_id, shortest))
        and (event.time is None or 0 <= event.time <= TIME_MAX_MS)
        and event.event_type not in RESERVED_EVENT_TYPES
        and not event.event_type.isspace()
        and 0 < len(event.event_type) <= ID_LENGTH_MAX
        and event.groups is None
        and event.group_properties is None
        and event.plan is None
        and (event.user_properties is None or _is_plain_update(event.user_properties))
        and (event.event_properties is None or is_shallow(event.event_properties))
    )


def _is_plain_update(properties: dict[str, Any]) -> bool:
    """Answer whether values are plain, as are those of operations; without operations it is told quickly."""
    if OPERATIONS.keys().isdisjoint(properties):
        return is_shallow(properties)
    return all(
        type(value) is dict and is_shallow(value) if name in OPERATIONS else type(value) not in NESTED
        for name, value in properties.items()
    )


def _is_sound_id(identifier: str, shortest: int) -> bool:
    return shortest <= len(identifier) <= ID_LENGTH_MAX and identifier.lower() not in INVALID_IDS
