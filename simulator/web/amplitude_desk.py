"""What people do in Amplitude's browser pages: every verb, and what each of its parameters may be."""

from collections.abc import Collection, Mapping
from typing import Any, Final, TypeVar

import msgspec

from fake_amplitude import FakeAmplitude
from fake_amplitude.chart_questions import EventChoice
from fake_amplitude.records import Cadence, Plan, Protocol
from fake_amplitude.streams import OneSignalApp, Webhook
from simulator.errors import WrongUsageError, no_such
from simulator.web.cohort_rules import require_operators, rule_of
from simulator.web.desk import Desk, Reading

_Id = TypeVar("_Id", str, int)
_Names = tuple[str, ...]
_OF_PROJECT: Final[Mapping[str, Any]] = {"project_id": int}
_OF_COHORT: Final[Mapping[str, Any]] = {"cohort_id": str}
_OF_DESTINATION: Final[Mapping[str, Any]] = {"destination_id": str}

VERBS: Final[Mapping[str, Mapping[str, Any]]] = {
    "create_project": {"name": str},
    "create_secret_key": _OF_PROJECT,
    "revoke_secret_key": {**_OF_PROJECT, "secret_key": str},
    "silence_device": {**_OF_PROJECT, "device_id": str},
    "hear_device": {**_OF_PROJECT, "device_id": str},
    "change_plan": {"plan": Plan},
    "create_cohort": {**_OF_PROJECT, "name": str, "rule": dict[str, Any]},
    "rename_cohort": {**_OF_COHORT, "name": str},
    "archive_cohort": _OF_COHORT,
    "recompute": _OF_COHORT,
    "add_destination": {
        **_OF_PROJECT,
        "name": str,
        "url": str,
        "headers": dict[str, str],
        "mapped_property": str,
        "batch_size": int,
        "protocol": Protocol,
        "slugifies": bool,
    },
    "change_mapping": {**_OF_DESTINATION, "mapped_property": str},
    "rotate_credentials": {**_OF_DESTINATION, "headers": dict[str, str]},
    "remove_destination": _OF_DESTINATION,
    "schedule_sync": {**_OF_COHORT, **_OF_DESTINATION, "cadence": Cadence},
    "stop_sync": {**_OF_COHORT, **_OF_DESTINATION},
    "sync_history": _OF_COHORT,
    "sync_history_csv": {**_OF_COHORT, "run": int},
    "mails": _OF_COHORT,
    "sync_to_profile_api": _OF_COHORT,
    "add_event_destination": {
        **_OF_PROJECT,
        "name": str,
        "target": dict[str, Any],
        "mapped_property": str,
        "event_types": _Names | None,
        "event_properties": _Names,
        "user_properties": _Names,
    },
    "remove_event_destination": _OF_DESTINATION,
    "stream_counts": _OF_DESTINATION,
    "change_streaming_volume": {"events_a_month": int | None},
    "define_custom_event": {**_OF_PROJECT, "name": str, "parts": tuple[EventChoice, ...]},
    "save_chart": {**_OF_PROJECT, "name": str, "path": str, "parameters": dict[str, Any]},
}


def amplitude_desk(amplitude: FakeAmplitude) -> Desk:
    """Give the desk of one region's fake."""
    state = amplitude.world.state
    readings: dict[str, Reading] = {
        "project_id": ("project", lambda said: state.projects[_known("project", said, state.projects)]),
        "cohort_id": ("cohort_id", lambda said: _known("cohort", said, state.cohorts)),
        "destination_id": (
            "destination_id",
            lambda said: _known("destination", said, (*state.destinations, *state.streams)),
        ),
        "rule": ("rule", rule_of),
        "target": ("target", _target_of),
        "parts": ("parts", _parts_of),
    }
    return Desk(VERBS, (amplitude, amplitude.dashboard), readings)


def _known(kind: str, said: _Id, ids: Collection[_Id]) -> _Id:
    if said not in ids:
        raise no_such(kind, str(said), map(str, ids))
    return said


def _target_of(said: dict[str, Any]) -> OneSignalApp | Webhook:
    try:
        if "app_id" in said:
            return msgspec.convert(said, OneSignalApp)
        return msgspec.convert(said, Webhook)
    except msgspec.ValidationError as error:
        raise WrongUsageError(f"target: {error}") from error


def _parts_of(said: tuple[EventChoice, ...]) -> tuple[EventChoice, ...]:
    for part in said:
        require_operators(part.filters)
    return said
