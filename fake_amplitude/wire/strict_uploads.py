"""Reads an upload check by check, in the server's order, to say exactly what is wrong with which event.

The order is facts/amplitude-api.md 2.1. Slow and complete; the fast reader hands over whatever it does not like.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude import errors
from fake_amplitude.properties import OPERATIONS
from fake_amplitude.wire.id_rules import ID_LENGTH_MAX, INVALID_IDS, MIN_ID_LENGTH
from fake_amplitude.wire.json_text import MALFORMED
from fake_amplitude.wire.nesting import is_too_deep
from fake_amplitude.wire.upload_form import (
    EVENTS_MAX,
    RESERVED_EVENT_TYPES,
    TIME_MAX_MS,
    Upload,
    UploadedEvent,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from fake_amplitude.records import Project

FLOAT_MAX = 10**308
GROUP_TYPES_MAX = 5
GROUP_VALUES_MAX = 10
IDS = ("user_id", "device_id")
OBJECTS = ("event_properties", "user_properties", "groups", "group_properties", "plan")
WHOLE_NUMBERS = ("time", "quantity", "event_id", "session_id")
NUMBERS = ("price", "revenue", "location_lat", "location_lng")
FLAGS = ("$skip_user_properties_sync",)
UNCHECKED = ("paying", "start_version")
STRINGS = tuple(
    name
    for name in UploadedEvent.__struct_encode_fields__
    if name not in {*OBJECTS, *WHOLE_NUMBERS, *NUMBERS, *FLAGS, *UNCHECKED}
)


def parse_strictly(
    body: bytes, project_of: Callable[[str], Project], *, lenient_ids: bool = False
) -> tuple[Project, Upload]:
    """Read a request body, or raise the one `IngestionError` that the server would answer."""
    document = _document(body)
    for field in ("api_key", "events"):
        if document.get(field) is None:
            raise errors.MissingField(field)
    api_key, events = document["api_key"], document["events"]
    project = project_of(api_key if isinstance(api_key, str) else msgspec.json.encode(api_key).decode())
    if not isinstance(events, list) or not all(isinstance(event, dict) for event in events):
        raise errors.InvalidEventJson
    shortest = min_id_length(document.get("options"))
    if lenient_ids:
        events = [_without_short_ids(event, shortest) for event in events]
    check_events(events, shortest)
    client_upload_time = document.get("client_upload_time")
    return project, Upload(
        api_key=project.api_key,
        events=[uploaded_event(event) for event in events],
        client_upload_time=client_upload_time if isinstance(client_upload_time, str) else None,
    )


def check_events(events: list[dict[str, Any]], shortest: int) -> None:
    """Raise what is wrong with the events: missing, then invalid fields, then id lengths, then listed ids."""
    _refuse(errors.EventsWithMissingFields, events, _missing_fields)
    _refuse(errors.EventsWithInvalidFields, events, _invalid_fields)
    _refuse(
        errors.EventsWithInvalidIdLengths,
        events,
        lambda event: (name for name in IDS if event.get(name) is not None and len(event[name]) < shortest),
    )
    if any(
        str(event.get(name, "sound")).lower() in INVALID_IDS
        for event in events
        for name in IDS
        if event.get(name) is not None
    ):
        raise errors.InvalidIdentifier


def min_id_length(options: Any) -> int:
    """Answer `options.min_id_length`, or the default where it is not a whole number."""
    asked = options.get("min_id_length") if isinstance(options, dict) else None
    return asked if isinstance(asked, int) and not isinstance(asked, bool) else MIN_ID_LENGTH


def uploaded_event(event: dict[str, Any]) -> UploadedEvent:
    """Make the record of a checked event; ids are cut at 1,024 characters."""
    cut = {name: event[name][:ID_LENGTH_MAX] for name in (*IDS, "event_type") if event.get(name) is not None}
    return msgspec.convert({**event, **cut}, UploadedEvent)


def _without_short_ids(event: dict[str, Any], shortest: int) -> dict[str, Any]:
    short = [name for name in IDS if isinstance(event.get(name), str) and len(event[name]) < shortest]
    return {name: value for name, value in event.items() if name not in short}


def _document(body: bytes) -> dict[str, Any]:
    try:
        document = msgspec.json.decode(body)
    except MALFORMED as malformed:
        raise errors.InvalidJsonRequestBody from malformed
    if not isinstance(document, dict):
        raise errors.InvalidJsonRequestBody
    if isinstance(document.get("events"), list) and len(document["events"]) > EVENTS_MAX:
        raise errors.PayloadTooLarge
    return document


def _refuse(
    error: type[errors.IndexedError],
    events: list[dict[str, Any]],
    wrong_fields: Callable[[dict[str, Any]], Iterator[str]],
) -> None:
    indexes: errors.Indexes = {}
    for index, event in enumerate(events):
        for field in wrong_fields(event):
            indexes.setdefault(field, []).append(index)
    if indexes:
        raise error(indexes)


def _missing_fields(event: dict[str, Any]) -> Iterator[str]:
    if event.get("event_type") is None:
        yield "event_type"
    if all(event.get(name) is None for name in IDS):
        yield from IDS


def _invalid_fields(event: dict[str, Any]) -> Iterator[str]:
    for name, is_right in _CHECKS.items():
        value = event.get(name)
        if value is not None and not is_right(value):
            yield name


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, float) or (_is_whole(value) and abs(value) < FLOAT_MAX)


def _is_properties(value: Any) -> bool:
    return isinstance(value, dict) and not is_too_deep(value)


def _is_update(value: Any) -> bool:
    return _is_properties(value) and all(isinstance(value.get(name, {}), dict) for name in OPERATIONS)


def _is_groups(value: Any) -> bool:
    if not _is_properties(value) or len(value) > GROUP_TYPES_MAX:
        return False
    names = [name for group in value.values() for name in (group if isinstance(group, list) else [group])]
    return len(names) <= GROUP_VALUES_MAX and not any(isinstance(name, (dict, list)) for name in names)


_CHECKS: dict[str, Callable[[Any], bool]] = {
    **dict.fromkeys(STRINGS, lambda value: isinstance(value, str)),
    **dict.fromkeys(WHOLE_NUMBERS, _is_whole),
    **dict.fromkeys(NUMBERS, _is_number),
    **dict.fromkeys(FLAGS, lambda value: isinstance(value, bool)),
    "event_properties": _is_properties,
    "plan": _is_properties,
    "user_properties": _is_update,
    "group_properties": _is_update,
    "groups": _is_groups,
    "event_type": lambda value: isinstance(value, str) and bool(value.strip()) and value not in RESERVED_EVENT_TYPES,
    "time": lambda value: _is_whole(value) and 0 <= value <= TIME_MAX_MS,
}
