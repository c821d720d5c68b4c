"""Reads and renders user mappings (facts/amplitude-api.md 1.7)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from flask import request

from fake_amplitude import errors
from fake_amplitude.text_errors import InvalidMapping, MissingEvent
from fake_amplitude.user_mapping import Mapped, Mapping
from fake_amplitude.wire.forms import parse_objects, project_by
from fake_amplitude.wire.id_rules import ID_LENGTH_MAX
from fake_amplitude.wire.json_text import TRUE, decoded

if TYPE_CHECKING:
    import collections.abc
    from collections.abc import Callable

    from fake_amplitude.records import Project

MAPPINGS_MAX = 2_000
ASKED_MAX = 100


def parse_mappings(
    form: collections.abc.Mapping[str, str], project_of: Callable[[str], Project]
) -> tuple[Project, list[Mapping]]:
    """Read `mapping`: pairs of ids, or a user to unmap. Raises a `TextError`."""
    said = form.get("mapping")
    if said is None:
        raise MissingEvent
    project = project_by(form.get("api_key"), project_of)
    return project, [_mapping(each) for each in parse_objects(said, count_max=MAPPINGS_MAX)]


def parse_asked() -> list[str]:
    """Read the 1 to 100 `user_ids`, one field each or as one JSON list, of the query or of a form body."""
    said = [*request.args.getlist("user_ids"), *request.form.getlist("user_ids")]
    if len(said) == 1 and said[0].startswith("["):
        said = decoded(said[0], list[str], refusal="Invalid parameter: user_ids")
    if not 1 <= len(said) <= ASKED_MAX:
        raise errors.InvalidRestRequest("user_ids must hold 1 to 100 ids.")
    return said


def render_mapped(found: dict[str, Mapped | None]) -> bytes:
    """Render what each user is mapped to and from; an unknown user is empty."""
    return json.dumps({user_id: _said(mapped) for user_id, mapped in found.items()}).encode()


def _mapping(said: dict[str, Any]) -> Mapping:
    user_id, global_user_id = said.get("user_id"), said.get("global_user_id")
    if said.get("unmap") in TRUE:
        global_user_id = None
    elif not _is_id(global_user_id):
        raise InvalidMapping
    if not isinstance(user_id, str) or not _is_id(user_id):
        raise InvalidMapping
    return Mapping(user_id, global_user_id)


def _is_id(said: Any) -> bool:
    return isinstance(said, str) and 0 < len(said) <= ID_LENGTH_MAX


def _said(mapped: Mapped | None) -> dict[str, Any]:
    if mapped is None:
        return {}
    return {
        "amplitude_id": mapped.amplitude_id,
        "mapped_from": [{"amplitude_id": number, "user_id": user_id} for number, user_id in mapped.mapped_from],
        "mapped_to": [{"amplitude_id": number, "user_id": user_id} for number, user_id in mapped.mapped_to],
    }
