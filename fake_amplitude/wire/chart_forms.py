"""Reads what charts are asked: `e`, `s`, `g`, `start`, `end` and the like (facts/amplitude-api.md 1.13).

Raises `InvalidRestRequest` for what is malformed and `UnbuiltRest` for what this fake does not compute.
"""

from __future__ import annotations

from typing import Any, Literal

import msgspec
from flask import request

from fake_amplitude import errors
from fake_amplitude.chart_buckets import ASKED, Rolling
from fake_amplitude.chart_groups import GROUPS
from fake_amplitude.chart_questions import (
    DAYS_MAX,
    SHORT_INTERVALS_MAX,
    Days,
    EventChoice,
    GroupBy,
    Interval,
    Segment,
)
from fake_amplitude.formulas import parse_formula
from fake_amplitude.property_filters import FILTERS
from fake_amplitude.rules import Comparison, Performed, PropertyFilter
from fake_amplitude.segmentation import Question
from fake_amplitude.user_properties import spelled
from fake_amplitude.wire.json_text import decoded
from fake_amplitude.wire.queries import choice, moment_ms, required, whole_number

DAY_FORM = "%Y%m%d"
COHORT = "userdata_cohort"
EVENTS_MAX = 10
EVENTS_OF_CHART_MAX = 2
SPLITS_MAX = 2
GROUPS_MAX = 1_000
ROLLING_MAX = 365
COMPARISONS: tuple[Comparison, ...] = (">=", "<=", "=", ">", "<", "!=")


class _Filter(msgspec.Struct):
    subprop_key: str
    subprop_type: Literal["event", "user"] = "event"
    subprop_op: str = "is"
    subprop_value: list[Any] = []


class _GroupBy(msgspec.Struct):
    value: str
    type: Literal["event", "user"] = "event"


class _Event(msgspec.Struct):
    event_type: str
    filters: list[_Filter] = []
    group_by: list[_GroupBy] = []


class _Condition(msgspec.Struct):
    op: str = "is"
    prop: str | None = None
    values: list[Any] = []
    type: str = "property"
    event_type: str = ""
    filters: list[_Filter] = []
    value: int = 1
    time_type: str = "allTime"


def parse_question() -> Question:
    """Read a question about one or two events."""
    required("e")
    events = tuple(map(parse_event, (*_said("e"), *_said("e2"))))
    if len(events) > EVENTS_OF_CHART_MAX:
        raise errors.InvalidRestRequest(f"At most {EVENTS_OF_CHART_MAX} events.")
    if request.args.get("m") == "histogram":
        raise errors.UnbuiltRest("m=histogram: the form of its answer is not published")
    has_formula = request.args.get("m") == "formula"
    choice("n", "any", "active")
    return Question(
        events=events,
        days=parse_days(),
        measure="uniques" if has_formula else choice("m", *ASKED),
        interval=parse_interval(*SHORT_INTERVALS_MAX),
        segments=parse_segments(),
        group_by=parse_group_by(),
        groups_max=parse_groups_max(),
        rolling=Rolling(_rolling("rollingWindow"), _rolling("rollingAverage")),
        formula=parse_formula(required("formula")) if has_formula else None,
    )


def parse_user_question(event_type: str) -> Question:
    """Read a question about users of one kind."""
    return Question(
        events=(EventChoice(event_type),),
        days=parse_days(),
        interval=parse_interval(),
        segments=parse_segments(),
        group_by=parse_group_by(),
    )


def parse_days() -> Days:
    """Read `start` and `end`."""
    return Days(moment_ms("start", DAY_FORM), moment_ms("end", DAY_FORM))


def parse_interval(*short: Interval) -> Interval:
    """Read `i`: a number of days, of which 30 are a month, or one of the short intervals.

    Documented are 1, 7 and 30; a client asks the live service for whatever its range is long.
    """
    if request.args.get("i") in short:
        return request.args["i"]
    days = whole_number("i", default=1)
    if not 0 < days <= DAYS_MAX:
        raise errors.InvalidRestRequest("Invalid parameter: i")
    return str(days)


def parse_event(said: str) -> EventChoice:
    """Read the JSON of an event."""
    event = decoded(said, _Event, refusal="Invalid parameter: e")
    if len(event.group_by) > SPLITS_MAX:
        raise errors.InvalidRestRequest(f"At most {SPLITS_MAX} properties in group_by.")
    group_by = tuple(GroupBy(each.type, each.value) for each in event.group_by)
    return EventChoice(event.event_type, tuple(map(_filter, event.filters)), group_by)


def parse_events() -> tuple[EventChoice, ...]:
    """Read every `e`, in order: the steps of a funnel."""
    said = _said("e")
    if not 1 < len(said) <= EVENTS_MAX:
        raise errors.InvalidRestRequest(f"Between 2 and {EVENTS_MAX} parameters e are needed.")
    return tuple(map(parse_event, said))


def parse_segments() -> tuple[Segment, ...]:
    """Read every `s`: a segment each; none is everybody."""
    said = (decoded(each, list[_Condition], refusal="Invalid parameter: s") for each in _said("s"))
    return tuple(map(_segment, said)) or (Segment(),)


def parse_group_by(splits_max: int = SPLITS_MAX) -> tuple[GroupBy, ...]:
    """Read `g` and `g2`: user properties."""
    said = [*_said("g"), *_said("g2")]
    if len(said) > splits_max:
        raise errors.InvalidRestRequest(f"Too many parameters g: at most {splits_max} here.")
    return tuple(GroupBy("user", name) for name in said)


def refuse_group_by(*choices: EventChoice) -> None:
    """Raise `UnbuiltRest` where an event has a group_by: users are split by what they began with only."""
    if any(each.group_by for each in choices):
        raise errors.UnbuiltRest("group_by of a later event: groups are made of the first one")


def parse_groups_max() -> int:
    """Read `limit`: how many groups at most, never more than 1,000."""
    return max(1, min(whole_number("limit", default=GROUPS), GROUPS_MAX))


def _said(name: str) -> list[str]:
    """Answer what is said under a name that may come several times; an empty one says nothing."""
    return [each for each in request.args.getlist(name) if each]


def _segment(conditions: list[_Condition]) -> Segment:
    properties = [each for each in conditions if each.type != "event" and each.prop != COHORT]
    return Segment(
        filters=tuple(_property(each) for each in properties),
        cohorts=tuple(
            (spelled(cohort_id), each.op == "is")
            for each in conditions
            if each.prop == COHORT and each.type != "event"
            for cohort_id in each.values
        ),
        performed=tuple(_performed(each) for each in conditions if each.type == "event"),
    )


def _property(said: _Condition) -> PropertyFilter:
    if said.prop is None or said.op not in FILTERS:
        raise errors.InvalidRestRequest("Invalid parameter: s")
    return PropertyFilter("user", said.prop, said.op, tuple(map(spelled, said.values)))


def _performed(said: _Condition) -> tuple[Performed, bool]:
    comparison = next((each for each in COMPARISONS if each == said.op), None)
    if comparison is None or not said.event_type:
        raise errors.InvalidRestRequest("Invalid parameter: s")
    if said.time_type not in ("allTime", "currentInterval"):
        raise errors.UnbuiltRest(f"s with time_type {said.time_type}: who is counted when is not published")
    deed = Performed(said.event_type, comparison, said.value, None, tuple(map(_filter, said.filters)))
    return deed, said.time_type == "currentInterval"


def _filter(said: _Filter) -> PropertyFilter:
    if said.subprop_op not in FILTERS:
        raise errors.InvalidRestRequest(f"Invalid filter: {said.subprop_op}")
    return PropertyFilter(said.subprop_type, said.subprop_key, said.subprop_op, tuple(map(spelled, said.subprop_value)))


def _rolling(name: str) -> int:
    said = whole_number(name, default=1)
    if not 0 < said <= ROLLING_MAX:
        raise errors.InvalidRestRequest(f"Invalid parameter: {name}")
    return said
