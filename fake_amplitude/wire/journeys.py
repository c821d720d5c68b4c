"""Reads and renders funnels and retention (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from flask import request

from fake_amplitude import errors
from fake_amplitude.behaviours import DAY_MS
from fake_amplitude.funnels import FunnelQuestion
from fake_amplitude.retention import RetentionQuestion
from fake_amplitude.wire.chart_forms import parse_days, parse_event, parse_events, parse_interval, parse_segments
from fake_amplitude.wire.moments import moment, render_day
from fake_amplitude.wire.queries import choice, required, whole_number

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.funnels import Funnel
    from fake_amplitude.retention import Brackets, Curve, Mode, Returned

WINDOW_S = 2_592_000
BRACKETS_MAX = 100


def parse_funnel() -> FunnelQuestion:
    """Read the steps, and how they are to be walked."""
    _refuse_groups()
    return FunnelQuestion(
        steps=parse_events(),
        days=parse_days(),
        mode=choice("mode", "ordered", "unordered", "sequential"),
        segments=parse_segments(),
        window_ms=whole_number("cs", default=WINDOW_S) * 1_000,
        only_new=choice("n", "active", "new") == "new",
    )


def parse_retention() -> RetentionQuestion:
    """Read the starting and the returning event; live takes `nday`, the documentation says `n-day`."""
    _refuse_groups()
    modes: dict[str, Mode] = {"nday": "nday", "n-day": "nday", "bracket": "bracket", "rolling": "rolling"}
    mode = modes[choice("rm", *modes)]
    return RetentionQuestion(
        starting=parse_event(required("se")),
        returning=parse_event(required("re")),
        days=parse_days(),
        mode=mode,
        interval=parse_interval(),
        segments=parse_segments(),
        brackets=_brackets() if mode == "bracket" else (),
    )


def render_funnels(question: FunnelQuestion, made: Sequence[Funnel]) -> bytes:
    """Render each segment's funnel; times in milliseconds."""
    return msgspec.json.encode({"data": [_funnel(question, each) for each in made]})


def render_retention(curves: Sequence[Curve]) -> bytes:
    """Render each segment's curve, the latest dates first."""
    series = [
        {
            "dates": [_day_of_month(day) for day in reversed(curve)],
            "values": {_day_of_month(day): [_returned(each) for each in points] for day, points in curve.items()},
            "combined": _combined(curve),
        }
        for curve in curves
    ]
    meta = [{"segmentIndex": place, "eventIndex": 0} for place in range(len(curves))]
    return msgspec.json.encode({"data": {"series": series, "seriesMeta": meta}})


def _funnel(question: FunnelQuestion, funnel: Funnel) -> dict[str, Any]:
    steps, days = len(question.steps), question.days
    reached, times = funnel.reached(steps), funnel.times(steps)
    by_day = [funnel.of_day(day, day + DAY_MS) for day in days.buckets("1")]
    x_values = {
        "xValues": [render_day(day) for day in days.buckets("1")],
        "formattedXValues": [_day_of_month(day) for day in days.buckets("1")],
    }
    before = [reached[0], *reached[:-1]]
    return {
        "meta": {"segmentIndex": funnel.segment},
        "stepByStep": [_share(count, of) for count, of in zip(reached, before, strict=True)],
        "cumulative": [_share(count, reached[0]) for count in reached],
        "cumulativeRaw": reached,
        "medianTransTimes": [each[0] for each in times],
        "avgTransTimes": [each[1] for each in times],
        "dayFunnels": {"series": [each.reached(steps) for each in by_day], **x_values},
        "dayMedianTransTimes": {"series": [_times(each, steps, 0) for each in by_day], **x_values},
        "dayAvgTransTimes": {"series": [_times(each, steps, 1) for each in by_day], **x_values},
        "stepTransTimeDistribution": None,
        "stepPrevStepCountDistribution": None,
        "events": [step.event_type for step in question.steps],
    }


def _times(funnel: Funnel, steps: int, which: int) -> list[float]:
    return [each[which] for each in funnel.times(steps)]


def _day_of_month(day_ms: int) -> str:
    return f"{moment(day_ms):%b %d}"


def _share(count: int, of: int) -> float:
    return count / of if of else 0


def _returned(each: Returned) -> dict[str, Any]:
    return {"count": each.count, "outof": each.outof, "incomplete": each.incomplete}


def _combined(curve: Curve) -> list[dict[str, Any]]:
    longest = max((len(points) for points in curve.values()), default=0)
    columns = [[points[at] for points in curve.values() if at < len(points)] for at in range(longest)]
    return [
        {
            "count": sum(each.count for each in column),
            "outof": sum(each.outof for each in column),
            "retainedSetId": None,
            "incomplete": any(each.incomplete for each in column),
        }
        for column in columns
    ]


def _brackets() -> Brackets:
    """Read brackets: one, `[0,4]`, or a list of them."""
    try:
        decoded = msgspec.json.decode(required("rb"))
        single = isinstance(decoded, list) and bool(decoded) and isinstance(decoded[0], int)
        said = msgspec.convert([decoded] if single else decoded, list[tuple[int, int]])
    except (ValueError, msgspec.MsgspecError, RecursionError) as malformed:
        raise errors.InvalidRestRequest("Invalid parameter: rb") from malformed
    if not said or len(said) > BRACKETS_MAX or any(not 0 <= first < until for first, until in said):
        raise errors.InvalidRestRequest("Invalid parameter: rb")
    return tuple(said)


def _refuse_groups() -> None:
    if request.args.get("g"):
        raise errors.UnbuiltRest("g: funnels and retention are computed by segment, not by group")
