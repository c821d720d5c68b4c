"""Tells Prometheus how the bridge is doing; every number comes from the database, so that any process may be asked."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector

from bridge.latencies import histograms
from bridge.records import RouteStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from datetime import timedelta

    from prometheus_client import Metric

    from bridge.database import Database
    from bridge.records import Status

_ROUTE = ("connection", "direction")
_REASONS_MAX = 50
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"|\d{4,}")


class Numbers(Collector):
    """Everything that is measured, at the moment at which it is asked for."""

    def __init__(
        self,
        database: Database,
        *,
        status: Callable[[], Status],
        oldest: Callable[[], Mapping[tuple[str, str], timedelta]],
    ) -> None:
        self._database = database
        self._status = status
        self._oldest = oldest
        self._registry = CollectorRegistry()
        self._registry.register(self)

    def exposition(self) -> bytes:
        """Answer all numbers in Prometheus' text format."""
        return generate_latest(self._registry)

    def describe(self) -> Iterable[Metric]:
        """Nothing: describing would have to ask the database."""
        return []

    def collect(self) -> Iterable[Metric]:
        """Ask the database once, and name what it says."""
        accounts = dict(_accounts(self._status()))
        yield _counter("received", "What arrived at the doors.", {k: a.received for k, a in accounts.items()})
        yield _counter("delivered", "What a vendor took.", {k: a.delivered for k, a in accounts.items()})
        yield _by_reason("ignored", "What needed no delivery.", {k: a.ignored for k, a in accounts.items()})
        yield _by_reason("buried", "What will never be delivered.", {k: a.buried for k, a in accounts.items()})
        yield _gauge("waiting", "What is owed.", {k: float(a.waiting) for k, a in accounts.items()})
        held = {k: float(a.held_because is not None) for k, a in accounts.items()}
        yield _gauge("held", "1 while a route is stopped for its credentials.", held)
        ages = {route: age.total_seconds() for route, age in self._oldest().items()}
        yield _gauge(
            "oldest_waiting_seconds", "How long the oldest has waited.", {k: ages.get(k, 0.0) for k in accounts}
        )
        sending = HistogramMetricFamily("bridge_sending_seconds", "How long a round of sending took.", labels=_ROUTE)
        for route, (buckets, total_s) in histograms(self._database).items():
            sending.add_metric(list(route), buckets, total_s)
        yield sending


def _accounts(status: Status) -> Iterator[tuple[tuple[str, str], RouteStatus]]:
    for connection in status.connections:
        for field in fields(connection):
            account = getattr(connection, field.name)
            if isinstance(account, RouteStatus):
                yield (connection.name, field.name), account


def _counter(name: str, says: str, values: Mapping[tuple[str, str], int]) -> Metric:
    family = CounterMetricFamily(f"bridge_{name}", says, labels=_ROUTE)
    for route, value in values.items():
        family.add_metric(list(route), value)
    return family


def _gauge(name: str, says: str, values: Mapping[tuple[str, str], float]) -> Metric:
    family = GaugeMetricFamily(f"bridge_{name}", says, labels=_ROUTE)
    for route, value in values.items():
        family.add_metric(list(route), value)
    return family


def _by_reason(name: str, says: str, values: Mapping[tuple[str, str], Mapping[str, int]]) -> Metric:
    """Count by reason without what is peculiar to one delivery: a user's id is no label."""
    family = CounterMetricFamily(f"bridge_{name}", says, labels=(*_ROUTE, "reason"))
    for route, times_by_reason in values.items():
        kinds: dict[str, int] = {}
        for reason, times in times_by_reason.items():
            kind = _QUOTED.sub("...", reason)
            kind = kind if kind in kinds or len(kinds) < _REASONS_MAX else "other"
            kinds[kind] = kinds.get(kind, 0) + times
        for kind, times in kinds.items():
            family.add_metric([*route, kind], times)
    return family
