"""Reads and renders the Behavioral Cohorts API (facts/amplitude-api.md 1.11)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

import msgspec

from fake_amplitude import errors
from fake_amplitude.curation import INVALID_SAMPLE_MAX, ListUpload, MembershipChange
from fake_amplitude.wire.definition import render_definition
from fake_amplitude.wire.json_text import decoded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.cohort_downloads import Usage
    from fake_amplitude.records import Cohort, CohortSync, SyncRun
    from fake_amplitude.warehouse import Warehouse

IDS_MAX = 100_000
BY_USER = ("BY_NAME", "BY_USER_ID")


class _Upload(msgspec.Struct):
    name: str
    app_id: int | str  # a number; some clients say it as text
    id_type: Literal["BY_AMP_ID", "BY_USER_ID"]
    ids: list[str | int]
    owner: str
    published: bool
    skip_invalid_ids: bool = True
    existing_cohort_id: str | None = None


class _Change(msgspec.Struct):
    ids: list[str | int]
    id_type: Literal["BY_ID", "BY_NAME", "BY_AMP_ID", "BY_USER_ID"]  # some clients say it as in an upload
    operation: Literal["ADD", "REMOVE"]


class _Membership(msgspec.Struct):
    cohort_id: str
    memberships: list[_Change]
    skip_invalid_ids: bool = True


def parse_upload(body: bytes, project_id: int) -> ListUpload:
    """Read an uploaded list; empty ids are refused. Raises `InvalidRestRequest`."""
    posted = decoded(body, _Upload)
    if str(posted.app_id) != str(project_id):
        raise errors.InvalidRestRequest(f"Invalid app_id: {posted.app_id}")
    if not posted.ids or len(posted.ids) > IDS_MAX:
        raise errors.InvalidRestRequest(f"ids must hold 1 to {IDS_MAX} ids.")
    return ListUpload(
        posted.name,
        posted.id_type,
        tuple(map(str, posted.ids)),
        posted.owner,
        posted.published,
        posted.skip_invalid_ids,
        posted.existing_cohort_id,
    )


def parse_membership(body: bytes) -> tuple[str, tuple[MembershipChange, ...], bool]:
    """Read changes of a cohort's members: its id, the changes, whether invalid ids are skipped."""
    posted = decoded(body, _Membership)
    if sum(len(change.ids) for change in posted.memberships) > IDS_MAX:
        raise errors.InvalidRestRequest(f"At most {IDS_MAX} ids in one request.")
    changes = [
        MembershipChange(
            change.operation,
            "BY_USER_ID" if change.id_type in BY_USER else "BY_AMP_ID",
            change.id_type,
            tuple(map(str, change.ids)),
        )
        for change in posted.memberships
    ]
    return posted.cohort_id, tuple(changes), posted.skip_invalid_ids


def render_upload(cohort: Cohort, invalid_ids: Sequence[str]) -> bytes:
    """Render what became of an uploaded list."""
    matched = len(cohort.members)
    metadata = {
        "matched": matched,
        "totals": matched + len(invalid_ids),
        "invalid_ids_sample": invalid_ids[:INVALID_SAMPLE_MAX],
    }
    return msgspec.json.encode({"cohortId": cohort.id, "metadata": metadata})


def render_membership(cohort_id: str, changes: Sequence[MembershipChange], skipped: Sequence[Sequence[str]]) -> bytes:
    """Render what became of each change."""
    results = [
        {"skipped_ids": ids, "id_type": change.said_type, "operation": change.operation}
        for change, ids in zip(changes, skipped, strict=True)
    ]
    return msgspec.json.encode({"cohort_id": cohort_id, "memberships_result": results})


def render_cohorts(rows: Sequence[dict[str, Any]]) -> bytes:
    """Render the list."""
    return msgspec.json.encode({"cohorts": rows})


def render_one(cohort: Cohort, warehouse: Warehouse) -> bytes:
    """Render one cohort with its members; anonymous members have no user_id."""
    amplitude_ids = sorted(set(map(warehouse.identity.canonical, cohort.members)))
    user_ids = [warehouse.profiles.of(each).user_id for each in amplitude_ids]
    return msgspec.json.encode({"cohort": render_cohort(cohort), "amplitude_ids": amplitude_ids, "user_ids": user_ids})


def render_cohort(cohort: Cohort) -> dict[str, Any]:
    """Render the row of a cohort; times in seconds."""
    return {
        "appId": cohort.project_id,
        "archived": cohort.archived,
        "definition": render_definition(cohort.rule),
        "description": "",
        "finished": True,
        "id": cohort.id,
        "name": cohort.name,
        "owners": [cohort.owner],
        "viewers": [],
        "published": cohort.published,
        "size": len(cohort.members),
        "type": "redshift",
        "lastMod": cohort.modified_ms // 1_000,
        "createdAt": cohort.created_ms // 1_000,
        "lastComputed": cohort.computed_ms // 1_000,
        "hidden": False,
        "metadata": [],
        "view_count": 0,
        "popularity": 0,
        "last_viewed": None,
        "chart_id": None,
        "edit_id": None,
        "is_predictive": False,
        "is_official_content": False,
        "location_id": None,
        "shortcut_ids": [],
        "cohort_definition_type": "static" if cohort.rule is None else "behavioral",
        "cohort_output_type": "UNIQUES",
        "is_generated_content": False,
    }


def render_sync(sync: CohortSync, target: str, runs: Sequence[SyncRun]) -> dict[str, Any]:
    """Render one entry of `syncMetadata`."""

    def last(status: str) -> str | None:
        return next((run.finished.isoformat() for run in reversed(runs) if run.status == status), None)

    return {
        "target": target,
        "frequency": sync.cadence,
        "last_successful": last("Successful"),
        "last_failure": last("Failed"),
        "params": {},
    }


def render_usage(found: Usage) -> bytes:
    """Render how many downloads are left, where one client or another reads it: inside `rest_download`, or outside."""
    inside = {"limit": found.limit, "usage": found.used, "resets_at": found.resets_at.isoformat()}
    return msgspec.json.encode({"rest_download": inside, "limit": found.limit, "count": found.used})


def render_request(request_id: str, cohort_id: str, async_status: str | None = None) -> bytes:
    """Render an ordered file, with its status where that was asked."""
    said = {"request_id": request_id, "cohort_id": cohort_id}
    return msgspec.json.encode(said if async_status is None else {**said, "async_status": async_status})
