"""Reads and renders what new users are worth (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.lifetime_value import DAYS_OF_LIFE, LifetimeQuestion
from fake_amplitude.wire.chart_forms import parse_days, parse_group_by, parse_groups_max, parse_interval, parse_segments
from fake_amplitude.wire.moments import render_day
from fake_amplitude.wire.queries import choice

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_amplitude.lifetime_value import LifetimeLine, Metric, Worth


def parse_lifetime() -> LifetimeQuestion:
    """Read the metric, the days, and whose new users."""
    return LifetimeQuestion(
        days=parse_days(),
        metric=choice("m", "0", "1", "2", "3"),
        interval=parse_interval(),
        segments=parse_segments(),
        group_by=parse_group_by(splits_max=1),
        groups_max=parse_groups_max(),
    )


def render_lifetime(question: LifetimeQuestion, lines: Sequence[LifetimeLine]) -> bytes:
    """Render the series, the latest dates first; a label is the group, or with segments both place and group."""
    labels = [[line.segment, line.group] if len(question.segments) > 1 else line.group for line in lines]
    series = [
        {
            "dates": [render_day(begin_ms) for begin_ms in reversed(line.worth)],
            "values": {render_day(begin_ms): _worth(worth, question.metric) for begin_ms, worth in line.worth.items()},
        }
        for line in lines
    ]
    return msgspec.json.encode({"data": {"seriesLabels": labels, "series": series}})


def _worth(worth: Worth, metric: Metric) -> dict[str, Any]:
    by_day = {f"r{place + 1}d": worth.on_day(place, metric) for place in range(DAYS_OF_LIFE)}
    return {**by_day, "count": worth.users, "paid": worth.payers_in_all, "total_amount": worth.paid_in_all}
