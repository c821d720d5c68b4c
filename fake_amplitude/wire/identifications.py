"""Reads `/identify` and `/groupidentify`: a form field that holds JSON (facts/amplitude-api.md 1.5, 1.6)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_amplitude import errors
from fake_amplitude.properties import OPERATIONS
from fake_amplitude.text_errors import FormTooLarge, MissingEvent, MissingGroupValue
from fake_amplitude.wire.forms import parse_json, parse_objects, project_by
from fake_amplitude.wire.strict_uploads import check_events, min_id_length, uploaded_event
from fake_amplitude.wire.upload_form import GROUP_IDENTIFY, IDENTIFY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fake_amplitude.records import Project
    from fake_amplitude.wire.upload_form import UploadedEvent

IDENTIFICATIONS_MAX = 2_000
GROUP_IDENTIFICATIONS_MAX = 1_024
GROUP_PROPERTIES_MAX = 1_024


def parse_identify(
    form: Mapping[str, str], project_of: Callable[[str], Project]
) -> tuple[Project, list[UploadedEvent]]:
    """Read identifications of users; raises a `TextError`."""
    said = _said(form)
    project = project_by(form.get("api_key"), project_of)
    identifications = parse_objects(said, count_max=IDENTIFICATIONS_MAX)
    events = [{**each, "event_type": IDENTIFY} for each in identifications]
    return project, _checked(events, min_id_length(parse_json(form.get("options", "null"))))


def parse_group_identify(
    form: Mapping[str, str], project_of: Callable[[str], Project]
) -> tuple[Project, list[UploadedEvent]]:
    """Read identifications of groups; raises a `TextError`."""
    said = _said(form)
    project = project_by(form.get("api_key"), project_of)
    events = []
    for each in parse_objects(said, count_max=GROUP_IDENTIFICATIONS_MAX):
        if not isinstance(each.get("group_type"), str):
            raise MissingEvent
        if each.get("group_value") is None:
            raise MissingGroupValue
        if _count(each.get("group_properties")) > GROUP_PROPERTIES_MAX:
            raise FormTooLarge
        events.append(
            {
                "event_type": GROUP_IDENTIFY,
                "user_id": "a group has no user",
                "groups": {each["group_type"]: each["group_value"]},
                "group_properties": each.get("group_properties"),
            }
        )
    return project, _checked(events, 0)


def _said(form: Mapping[str, str]) -> str:
    said = form.get("identification")
    if said is None:
        raise MissingEvent
    return said


def _count(properties: Any) -> int:
    """Answer how many properties are said, inside operations or plainly; what is no object is refused later."""
    said = properties.items() if isinstance(properties, dict) else ()
    return sum(len(value) if name in OPERATIONS and isinstance(value, dict) else 1 for name, value in said)


def _checked(events: list[dict[str, Any]], shortest: int) -> list[UploadedEvent]:
    try:
        check_events(events, shortest)
    except errors.IngestionError as refused:
        raise MissingEvent from refused
    return [uploaded_event(event) for event in events]
