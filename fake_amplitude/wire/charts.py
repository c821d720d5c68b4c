"""Reads questions about events and renders series (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from flask import request

from fake_amplitude import errors
from fake_amplitude.behaviours import ANY_EVENT
from fake_amplitude.segmentation import FILTERS, PropertyFilter, Question
from fake_amplitude.user_properties import CUSTOM, spelled
from fake_amplitude.wire.moments import render_day
from fake_amplitude.wire.queries import choice, moment_ms, required

if TYPE_CHECKING:
    from fake_amplitude.segmentation import Series

DAY_FORM = "%Y%m%d"
UNBUILT = ("e2", "s", "g", "g2", "formula", "rollingWindow", "rollingAverage")
UNBUILT_MEASURES = ("pct_dau", "average", "histogram", "sums", "value_avg", "formula")


class _Filter(msgspec.Struct):
    subprop_type: str
    subprop_key: str
    subprop_op: str
    subprop_value: list[Any] = []


class _Event(msgspec.Struct):
    event_type: str
    filters: list[_Filter] = []
    group_by: list[Any] = []


def parse_segmentation() -> Question:
    """Read `e`, `m`, `start`, `end`; raises `InvalidRestRequest`, or `UnbuiltRest` for what we do not compute."""
    try:
        event = msgspec.json.decode(required("e"), type=_Event)
    except (ValueError, msgspec.MsgspecError, RecursionError) as malformed:
        raise errors.InvalidRestRequest("Invalid parameter: e") from malformed
    _refuse_unbuilt(event)
    return Question(
        event_type=event.event_type,
        filters=tuple(_filter(each) for each in event.filters),
        counts="totals" if choice("m", "uniques", "totals") == "totals" else "uniques",
        start_ms=moment_ms("start", DAY_FORM),
        end_ms=moment_ms("end", DAY_FORM),
    )


def parse_users() -> Question:
    """Read `start` and `end` of a question about users."""
    _refuse_unbuilt(_Event(ANY_EVENT))
    start_ms, end_ms = moment_ms("start", DAY_FORM), moment_ms("end", DAY_FORM)
    return Question(ANY_EVENT, (), "uniques", start_ms, end_ms)


def render_segmentation(question: Question, series: Series) -> bytes:
    """Render one series."""
    said = {
        "series": [series.counts],
        "seriesLabels": [question.event_type],
        "seriesCollapsed": [[{"value": series.collapsed}]],
        "xValues": [render_day(day) for day in series.days],
    }
    return msgspec.json.encode({"data": said})


def render_users(label: str, series: Series) -> bytes:
    """Render active or new users; the label under the documented and under the real key."""
    said = {
        "series": [series.counts],
        "seriesMeta": [label],
        "seriesLabels": [label],
        "xValues": [render_day(day) for day in series.days],
    }
    return msgspec.json.encode({"data": said})


def render_event_list(totals: dict[str, int]) -> bytes:
    """Render the event types of a project."""
    flags = dict.fromkeys(
        (
            "non_active",
            "deleted",
            "hidden",
            "flow_hidden",
            "autohidden",
            "clusters_hidden",
            "in_waitroom",
            "timeline_hidden",
        ),
        False,
    )
    rows = [
        {"id": number, "name": name, "value": name, "display": name, "totals": total, "totals_delta": 0, **flags}
        for number, (name, total) in enumerate(totals.items(), start=1)
    ]
    return msgspec.json.encode({"data": rows})


def _filter(said: _Filter) -> PropertyFilter:
    if said.subprop_op not in FILTERS or said.subprop_type not in ("event", "user"):
        raise errors.UnbuiltRest(f"filter {said.subprop_type} {said.subprop_op}")
    return PropertyFilter(
        "event" if said.subprop_type == "event" else "user",
        said.subprop_key.removeprefix(CUSTOM),
        said.subprop_op,
        tuple(spelled(value) for value in said.subprop_value),
    )


def _refuse_unbuilt(event: _Event) -> None:
    asked = [name for name in UNBUILT if request.args.get(name)]
    asked += ["group_by"] if event.group_by else []
    asked += ["i"] if request.args.get("i", "1") != "1" else []
    asked += ["n"] if request.args.get("n", "any") != "any" else []
    asked += ["m"] if request.args.get("m") in UNBUILT_MEASURES else []
    if asked:
        raise errors.UnbuiltRest(", ".join(asked))
