"""Reads `/identify` and `/groupidentify`: a form field that holds JSON (facts/amplitude-api.md 1.5)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude import errors
from fake_amplitude.ingestion import GROUP_IDENTIFY, IDENTIFY
from fake_amplitude.text_errors import FormTooLarge, InvalidApiKeyText, MissingEvent
from fake_amplitude.wire.strict_uploads import check_events, min_id_length, uploaded_event

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fake_amplitude.records import Project
    from fake_amplitude.wire.upload_form import UploadedEvent

SIZE_MAX = 1_048_576
IDENTIFICATIONS_MAX = 2_000
GROUP_IDENTIFICATIONS_MAX = 1_024


def parse_identify(
    form: Mapping[str, str], project_of: Callable[[str], Project]
) -> tuple[Project, list[UploadedEvent]]:
    """Read identifications of users; raises a `TextError`."""
    project = _project(form, project_of)
    identifications = _objects(form.get("identification"), IDENTIFICATIONS_MAX)
    events = [{**each, "event_type": IDENTIFY} for each in identifications]
    return project, _checked(events, min_id_length(_json(form.get("options", "null"))))


def parse_group_identify(
    form: Mapping[str, str], project_of: Callable[[str], Project]
) -> tuple[Project, list[UploadedEvent]]:
    """Read identifications of groups; raises a `TextError`."""
    project = _project(form, project_of)
    events = []
    for each in _objects(form.get("identification"), GROUP_IDENTIFICATIONS_MAX):
        if not isinstance(each.get("group_type"), str) or each.get("group_value") is None:
            raise MissingEvent
        events.append(
            {
                "event_type": GROUP_IDENTIFY,
                "user_id": "a group has no user",
                "groups": {each["group_type"]: each["group_value"]},
                "group_properties": each.get("group_properties"),
            }
        )
    return project, _checked(events, 0)


def _project(form: Mapping[str, str], project_of: Callable[[str], Project]) -> Project:
    try:
        return project_of(form.get("api_key", ""))
    except errors.InvalidApiKey as unknown:
        raise InvalidApiKeyText from unknown


def _objects(text: str | None, count_max: int) -> list[dict[str, Any]]:
    if text is not None and len(text) > SIZE_MAX:
        raise FormTooLarge
    document = _json(text)
    found = document if isinstance(document, list) else [document]
    if len(found) > count_max:
        raise FormTooLarge
    if not all(isinstance(each, dict) for each in found):
        raise MissingEvent
    return found


def _json(text: str | None) -> Any:
    try:
        return msgspec.json.decode(text or "")
    except (ValueError, msgspec.MsgspecError, RecursionError) as malformed:
        raise MissingEvent from malformed


def _checked(events: list[dict[str, Any]], shortest: int) -> list[UploadedEvent]:
    try:
        check_events(events, shortest)
    except errors.IngestionError as refused:
        raise MissingEvent from refused
    return [uploaded_event(event) for event in events]
