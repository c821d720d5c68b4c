"""Reads and renders funnels (facts/amplitude-api.md 1.13), in the form in which the live service answered a client."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.behaviours import DAY_MS
from fake_amplitude.chart_questions import CUSTOM_EVENT
from fake_amplitude.funnels import FunnelQuestion
from fake_amplitude.wire.chart_forms import (
    parse_days,
    parse_events,
    parse_group_by,
    parse_groups_max,
    parse_segments,
    refuse_group_by,
)
from fake_amplitude.wire.moments import HOUR_MS, render_day, render_long_day
from fake_amplitude.wire.queries import choice, whole_number

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fake_amplitude.chart_questions import EventChoice
    from fake_amplitude.funnels import Funnel

WINDOW_S = 2_592_000
HOURLY_BINS = 239  # then one bin takes what is longer
FIRST_BIN_MS = 1_000


def parse_funnel() -> FunnelQuestion:
    """Read the steps, and how they are to be walked."""
    steps = parse_events()
    refuse_group_by(*steps[1:])
    return FunnelQuestion(
        steps=steps,
        days=parse_days(),
        mode=choice("mode", "ordered", "unordered", "sequential"),
        segments=parse_segments(),
        window_ms=whole_number("cs", default=WINDOW_S) * 1_000,
        only_new=choice("n", "active", "new") == "new",
        group_by=(*steps[0].group_by, *parse_group_by(splits_max=1)),
        groups_max=parse_groups_max(),
    )


def render_funnels(question: FunnelQuestion, made: Sequence[Funnel], now_ms: int) -> bytes:
    """Render each segment's funnel, or each group's; times in milliseconds."""
    return msgspec.json.encode({"data": [_funnel(question, each, now_ms) for each in made]})


def _funnel(question: FunnelQuestion, funnel: Funnel, now_ms: int) -> dict[str, Any]:
    steps = len(question.steps)
    reached, times, tries = funnel.reached(steps), funnel.times(steps), funnel.tries(steps)
    before = [reached[0], *reached[:-1]]
    return {
        "meta": {"segmentIndex": funnel.segment},
        "groupValue": funnel.group,
        "stepByStep": [_share(count, of) for count, of in zip(reached, before, strict=True)],
        "cumulative": [_share(count, reached[0]) for count in reached],
        "cumulativeRaw": reached,
        "medianTransTimes": [each[0] for each in times],
        "avgTransTimes": [each[1] for each in times],
        **_by_day(question, funnel, now_ms),
        "stepTransTimeDistribution": _distribution(funnel, _durations_by_step(funnel, steps)),
        "stepPrevStepCountDistribution": _distribution(funnel, map(_repetitions, tries)),
        "avgPrevStepCounts": [{"sums": sum(each), "totals": len(each)} for each in tries],
        "medianPrevStepCounts": [median(each) if each else 0 for each in tries],
        "convertedCounts": {str(step): count for step, count in enumerate(reached)},
        "dropoffCounts": {str(step): of - count for step, (count, of) in enumerate(zip(reached, before, strict=True))},
        "events": list(map(_named, question.steps)),
    }


def _by_day(question: FunnelQuestion, funnel: Funnel, now_ms: int) -> dict[str, Any]:
    steps, begins = len(question.steps), question.days.buckets("1")
    days = [funnel.of_day(day, day + DAY_MS) for day in begins]
    times = [each.times(steps) for each in days]
    x_values = {
        "xValues": [render_day(day) for day in begins],
        "formattedXValues": [render_long_day(day) for day in begins],
    }
    return {
        "dayFunnels": {
            "series": [each.reached(steps) for each in days],
            **x_values,
            "isComplete": [day + DAY_MS + question.window_ms <= now_ms for day in begins],
        },
        "dayMedianTransTimes": {"series": [[step[0] for step in each] for each in times], **x_values},
        "dayAvgTransTimes": {"series": [[step[1] for step in each] for each in times], **x_values},
    }


def _named(step: EventChoice) -> str:
    """Answer what the live service calls a step: its event, and what it is filtered by."""
    name = step.event_type
    if name.startswith(CUSTOM_EVENT):
        name = "[Custom] " + name.removeprefix(CUSTOM_EVENT)
    return name + "".join(f" ({' or '.join(each.values)})" for each in step.filters)


def _share(count: int, of: int) -> float:
    return count / of if of else 0


def _distribution(funnel: Funnel, bins_by_step: Iterable[list[dict[str, Any]]]) -> dict[str, Any]:
    return {"segment_index": funnel.segment, "step_bins": [{"bins": bins} for bins in bins_by_step]}


def _durations_by_step(funnel: Funnel, steps: int) -> Iterable[list[dict[str, Any]]]:
    """Render how long each step took; the first takes no time, and after the last comes the whole way."""
    entered, *transitions = funnel.transitions(steps)
    yield [_bin(0, FIRST_BIN_MS, len(entered))] if entered else []
    yield from map(_durations, (*transitions, funnel.whole(steps)))


def _durations(taken: Sequence[int]) -> list[dict[str, Any]]:
    """Render bins of an hour from the shortest on; the last one takes what is longer than so many hours."""
    if not taken:
        return []
    first, last = min(taken) // HOUR_MS, max(taken) // HOUR_MS + 1
    bounds = [*range(first, min(last, first + HOURLY_BINS) + 1), *([last] if last > first + HOURLY_BINS else [])]
    counts = Counter(min(each // HOUR_MS - first, len(bounds) - 2) for each in taken)
    return [_bin(begin * HOUR_MS, end * HOUR_MS, counts[place]) for place, (begin, end) in enumerate(pairwise(bounds))]


def _repetitions(tries: list[int]) -> list[dict[str, Any]]:
    counts = Counter(tries)
    return [_bin(count, count + 1, counts[count]) for count in range(min(counts), max(counts) + 1)] if counts else []


def _bin(start: int, end: int, users: int) -> dict[str, Any]:
    return {"start": start, "end": end, "bin_dist": {"tempKey": [], "uniques": users, "sums": 0.0, "totals": users}}
