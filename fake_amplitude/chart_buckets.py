"""What a chart knows of each interval, and what can be measured of it (facts/amplitude-api.md 1.13)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

Measure = Literal["uniques", "totals", "pct_dau", "average", "sums", "value_avg", "value_min", "value_max"]
ASKED: tuple[Measure, ...] = ("uniques", "totals", "pct_dau", "average", "sums", "value_avg")
OF_PROPERTY: tuple[Measure, ...] = ("sums", "value_avg", "value_min", "value_max")


@dataclass(slots=True)
class Bucket:
    """What is known of one interval; `active` only where a measure needs it."""

    users: set[int] = field(default_factory=set)
    active: set[int] = field(default_factory=set)
    totals: int = 0
    numbers: int = 0
    sum: float = 0.0
    least: float = math.inf
    most: float = -math.inf

    def add(self, user: int, amount: float) -> None:
        """Count an event; an amount that is no number does not count as one."""
        self.users.add(user)
        self.totals += 1
        if not math.isnan(amount):
            self.numbers += 1
            self.sum += amount
            self.least, self.most = min(self.least, amount), max(self.most, amount)

    @staticmethod
    def joined(buckets: Iterable[Bucket]) -> Bucket:
        """Answer what is known of several intervals together."""
        whole = Bucket()
        for each in buckets:
            whole.users |= each.users
            whole.active |= each.active
            whole.totals += each.totals
            whole.numbers += each.numbers
            whole.sum += each.sum
            whole.least, whole.most = min(whole.least, each.least), max(whole.most, each.most)
        return whole


MEASURES: dict[Measure, Callable[[Bucket], float]] = {
    "uniques": lambda bucket: len(bucket.users),
    "totals": lambda bucket: bucket.totals,
    "pct_dau": lambda bucket: 100 * len(bucket.users) / len(bucket.active) if bucket.active else 0,
    "average": lambda bucket: bucket.totals / len(bucket.users) if bucket.users else 0,
    "sums": lambda bucket: bucket.sum,
    "value_avg": lambda bucket: bucket.sum / bucket.numbers if bucket.numbers else 0,
    "value_min": lambda bucket: bucket.least if bucket.numbers else 0,
    "value_max": lambda bucket: bucket.most if bucket.numbers else 0,
}


@dataclass(frozen=True, slots=True)
class Rolling:
    """How many intervals are counted as one, and over how many such counts a value is the mean."""

    window: int = 1
    average: int = 1

    @property
    def lead(self) -> int:
        """How many intervals before the first are looked at."""
        return self.window + self.average - 2

    def windows(self, buckets: Sequence[Bucket]) -> list[Bucket]:
        """Answer for each interval what is known of it and of those before it in the window."""
        if self.window == 1:
            return list(buckets)
        return [Bucket.joined(buckets[max(0, last - self.window + 1) : last + 1]) for last in range(len(buckets))]

    def averages(self, values: Sequence[float]) -> list[float]:
        """Answer for each value the mean of it and of those before it."""
        if self.average == 1:
            return list(values)
        spans = (values[max(0, last - self.average + 1) : last + 1] for last in range(len(values)))
        return [sum(span) / len(span) for span in spans]


NOT_ROLLING = Rolling()
