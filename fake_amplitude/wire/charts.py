"""Renders series of numbers as the dashboard's API does (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.wire.moments import DAY_MS, moment, render_day

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.segmentation import Line, Question

EVENT_FLAGS = (
    "non_active",
    "deleted",
    "hidden",
    "flow_hidden",
    "autohidden",
    "clusters_hidden",
    "in_waitroom",
    "timeline_hidden",
)


def render_segmentation(question: Question, lines: Sequence[Line]) -> bytes:
    """Render series; a label is the event, the segment's place, or with groups both place and group."""
    said = {
        "series": [line.values for line in lines],
        "seriesLabels": [_label(question, line) for line in lines],
        "seriesCollapsed": [[{"value": line.collapsed}] for line in lines],
        "xValues": _x_values(question),
    }
    return msgspec.json.encode({"data": said})


def render_users(label: str, question: Question, lines: Sequence[Line]) -> bytes:
    """Render active or new users; the label under the documented and under the real key."""
    labels: list[Any] = [label]
    if len(question.segments) > 1 or question.group_by:
        labels = [_label(question, line) for line in lines]
    said = {
        "series": [line.values for line in lines],
        "seriesMeta": labels,
        "seriesLabels": labels,
        "xValues": _x_values(question),
    }
    return msgspec.json.encode({"data": said})


def render_event_list(totals: dict[str, int]) -> bytes:
    """Render the event types of a project."""
    flags = dict.fromkeys(EVENT_FLAGS, False)
    rows = [
        {"id": number, "name": name, "value": name, "display": name, "totals": total, "totals_delta": 0, **flags}
        for number, (name, total) in enumerate(totals.items(), start=1)
    ]
    return msgspec.json.encode({"data": rows})


def _label(question: Question, line: Line) -> Any:
    if line.group is not None:
        return [line.segment, line.group]
    return line.segment if len(question.segments) > 1 else line.event_type


def _x_values(question: Question) -> list[str]:
    begins = question.days.buckets(question.interval)
    if question.interval.startswith("-"):
        return [moment(each).strftime("%Y-%m-%dT%H:%M:%S") for each in begins]
    return [render_day(each // DAY_MS * DAY_MS) for each in begins]
