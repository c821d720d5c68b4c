"""Reads what old clients post: `/httpapi`, and the forms of old SDKs at `/` (facts/amplitude-api.md 1.8, 1.16).

The SDKs' own names of the fields (`timestamp`, `uuid`, `version_name`) are read as those of HTTP V2.
"""

from __future__ import annotations

import hashlib
import hmac
from typing import TYPE_CHECKING, Any

from fake_amplitude import errors
from fake_amplitude.attribution import AD_IDS
from fake_amplitude.text_errors import BadChecksum, InvalidEventField, MissingEvent
from fake_amplitude.wire.forms import parse_objects, project_by
from fake_amplitude.wire.id_rules import INVALID_IDS
from fake_amplitude.wire.moments import moment
from fake_amplitude.wire.strict_uploads import IDS, check_events, uploaded_event
from fake_amplitude.wire.upload_form import EVENTS_MAX, TIME_MAX_MS, Upload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from fake_amplitude.records import Project
    from fake_amplitude.wire.upload_form import UploadedEvent

NEW_NAMES = {"timestamp": "time", "uuid": "insert_id", "version_name": "app_version"}
OLD_NAMES = {new: old for old, new in NEW_NAMES.items()}
TIME_DIGITS_MAX = 15


def parse_http_v1(form: Mapping[str, str], project_of: Callable[[str], Project]) -> tuple[Project, Upload]:
    """Read `api_key` and `event`; raises a `TextError`."""
    said = _said(form, "event")
    project = project_by(form.get("api_key"), project_of)
    return project, Upload(project.api_key, _events(parse_objects(said, count_max=EVENTS_MAX)))


def parse_sdk_form(form: Mapping[str, str], project_of: Callable[[str], Project]) -> tuple[Project, Upload]:
    """Read `client` and `e`; a checksum, where there is one, must fit. Raises a `TextError`."""
    said = _said(form, "e")
    signed = "".join(form.get(name, "") for name in ("v", "client", "e", "upload_time"))
    expected = hashlib.md5(signed.encode("utf-8", "replace"), usedforsecurity=False).hexdigest()
    if not hmac.compare_digest(form.get("checksum", expected).encode("utf-8", "replace"), expected.encode()):
        raise BadChecksum
    project = project_by(form.get("client"), project_of)
    events = [_renamed(event) for event in parse_objects(said, count_max=EVENTS_MAX)]
    return project, Upload(project.api_key, _events(events, OLD_NAMES), client_upload_time=_upload_time(form))


def parse_attribution(
    form: Mapping[str, str], project_of: Callable[[str], Project]
) -> tuple[Project, list[UploadedEvent]]:
    """Read attributions: events that know an advertising id and no user. Raises a `TextError`."""
    said = _said(form, "event")
    project = project_by(form.get("api_key"), project_of)
    found = parse_objects(said, count_max=EVENTS_MAX)
    if not all(any(each.get(name) for name in AD_IDS) for each in found):
        raise InvalidEventField(AD_IDS)
    return project, _events([{**each, "user_id": None, "device_id": "not known yet"} for each in found])


def _said(form: Mapping[str, str], name: str) -> str:
    said = form.get(name)
    if said is None:
        raise MissingEvent
    return said


def _events(events: list[dict[str, Any]], spelled: Mapping[str, str] | None = None) -> list[UploadedEvent]:
    try:
        check_events(events, 0)
    except errors.IndexedError as refused:
        raise InvalidEventField((spelled or {}).get(field, field) for field in refused.indexes) from None
    except errors.InvalidIdentifier:
        raise InvalidEventField(_listed_ids(events)) from None
    return [uploaded_event(event) for event in events]


def _listed_ids(events: list[dict[str, Any]]) -> list[str]:
    return [name for name in IDS if any(str(event.get(name, "-")).lower() in INVALID_IDS for event in events)]


def _renamed(event: dict[str, Any]) -> dict[str, Any]:
    renamed = {NEW_NAMES.get(name, name): value for name, value in event.items()}
    library = renamed.get("library")
    if isinstance(library, dict):
        renamed["library"] = f"{library.get('name')}/{library.get('version')}"
    return renamed


def _upload_time(form: Mapping[str, str]) -> str | None:
    said = form.get("upload_time", "")
    if not said.isascii() or not said.isdecimal() or len(said) > TIME_DIGITS_MAX:
        return None
    return moment(min(int(said), TIME_MAX_MS)).isoformat()
