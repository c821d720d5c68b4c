"""Renders series of numbers as the dashboard's API does (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.chart_groups import EVERYTHING
from fake_amplitude.wire.moments import DAY_MS, moment, render_day

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from fake_amplitude.segmentation import Line, Question
    from fake_amplitude.taxonomy import Planned


def render_segmentation(question: Question, lines: Sequence[Line]) -> bytes:
    """Render series; a label is the place of the segment or event, with groups both place and group.

    That labels are places, and `setId` and `seriesMeta`, is what clients see of the live service.
    """
    said = {
        "series": [line.values for line in lines],
        "seriesLabels": [_label(question, line) for line in lines],
        "seriesMeta": [_meta(question, line) for line in lines],
        "seriesCollapsed": [[{"setId": "", "value": line.collapsed}] for line in lines],
        "xValues": _x_values(question),
    }
    return msgspec.json.encode({"data": said})


def render_users(question: Question, lines: Sequence[Line]) -> bytes:
    """Render active or new users; groups are named under the documented and under the real key."""
    places = [{"segmentIndex": line.segment} for line in lines]
    names = [line.group if len(question.segments) == 1 else [line.segment, line.group] for line in lines]
    said = {
        "series": [line.values for line in lines],
        "seriesMeta": names if question.group_by else places,
        "seriesLabels": names if question.group_by else [line.segment for line in lines],
        "seriesCollapsed": [[line.collapsed] for line in lines],
        "xValues": _x_values(question),
    }
    return msgspec.json.encode({"data": said})


def render_event_list(totals: Mapping[str, int], planned: Sequence[Planned]) -> bytes:
    """Render the event types of a project by name, as the tracking plan has them; a type keeps its number."""
    plan = {row.name: row for row in planned}
    rows = [_event(number, plan[name], total) for number, (name, total) in enumerate(totals.items(), start=1)]
    return msgspec.json.encode({"data": sorted(rows, key=lambda row: row["name"])})


def _event(number: int, planned: Planned, total: int) -> dict[str, Any]:
    name, said = planned.name, planned.details
    return {
        "id": number,
        "name": name,
        "value": name,
        "display": said.get("display_name") or name,
        "totals": total,
        "totals_delta": 0,
        "non_active": not said.get("is_active", True),
        "deleted": planned.deleted,
        "hidden": said.get("is_hidden_from_dropdowns", False),
        "flow_hidden": said.get("is_hidden_from_pathfinder", False),
        "autohidden": False,
        "clusters_hidden": False,
        "in_waitroom": False,
        "timeline_hidden": said.get("is_hidden_from_timeline", False),
    }


def _label(question: Question, line: Line) -> Any:
    if line.group != EVERYTHING:
        return [line.segment, line.group]
    return line.segment if len(question.segments) > 1 else line.event


def _meta(question: Question, line: Line) -> dict[str, Any]:
    if question.formula is not None:
        return {"segmentIndex": line.segment, "formulaIndex": 0}
    return {"segmentIndex": line.segment, "eventIndex": line.event}


def _x_values(question: Question) -> list[str]:
    begins = question.days.buckets(question.interval)
    if question.interval.startswith("-"):
        return [moment(each).strftime("%Y-%m-%dT%H:%M:%S") for each in begins]
    return [render_day(each // DAY_MS * DAY_MS) for each in begins]
