"""Reads and renders retention (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude import errors
from fake_amplitude.retention import RetentionQuestion
from fake_amplitude.wire.chart_forms import (
    parse_days,
    parse_event,
    parse_group_by,
    parse_interval,
    parse_segments,
    refuse_group_by,
)
from fake_amplitude.wire.json_text import MALFORMED
from fake_amplitude.wire.moments import render_long_day
from fake_amplitude.wire.queries import choice, required

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.retention import Brackets, Curve, Mode, RetentionLine, Returned

BRACKETS_MAX = 100


def parse_retention() -> RetentionQuestion:
    """Read the starting and the returning event; live takes `nday`, the documentation says `n-day`."""
    modes: dict[str, Mode] = {"nday": "nday", "n-day": "nday", "bracket": "bracket", "rolling": "rolling"}
    mode = modes[choice("rm", *modes)]
    starting, returning = parse_event(required("se")), parse_event(required("re"))
    refuse_group_by(returning)
    return RetentionQuestion(
        starting=starting,
        returning=returning,
        days=parse_days(),
        mode=mode,
        interval=parse_interval(),
        segments=parse_segments(),
        brackets=_brackets() if mode == "bracket" else (),
        group_by=(*starting.group_by, *parse_group_by(splits_max=1)),
    )


def render_retention(lines: Sequence[RetentionLine]) -> bytes:
    """Render each segment's curve, or each group's, the latest dates first."""
    series = [
        {
            "dates": [render_long_day(day) for day in reversed(line.curve)],
            "values": {render_long_day(day): list(map(_returned, points)) for day, points in line.curve.items()},
            "combined": _combined(line.curve),
        }
        for line in lines
    ]
    said = {
        "series": series,
        "seriesLabels": [line.group for line in lines],
        "seriesMeta": [{"segmentIndex": line.segment, "eventIndex": 0} for line in lines],
    }
    return msgspec.json.encode({"data": said})


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
    except MALFORMED as malformed:
        raise errors.InvalidRestRequest("Invalid parameter: rb") from malformed
    if not said or len(said) > BRACKETS_MAX or any(not 0 <= first < until for first, until in said):
        raise errors.InvalidRestRequest("Invalid parameter: rb")
    return tuple(said)
