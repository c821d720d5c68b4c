"""What a journey's definition must be beyond the types of its fields (facts/onesignal-api.md 2.3; texts inferred)."""

from __future__ import annotations

from collections import Counter
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from fake_onesignal.journey_definition import ExitRules, branches_of, every_node
from fake_onesignal.journey_errors import JourneyRefusedError

if TYPE_CHECKING:
    from datetime import datetime

    from fake_onesignal.journey_definition import Definition, Node, Schedule, TimePoint, TimeWindow

NOTICE: Final = timedelta(minutes=5)
BRANCHES: Final = {"split_range": (2, 20), "yes_no": (2, 2), "wait_until": (1, 10)}
WEIGHT: Final = 100
WEIGHT_TOLERANCE: Final = 1e-6
WINDOW_MINUTES_MIN: Final = 15
DEPTH_MAX: Final = 20
DAY_MINUTES: Final = 24 * 60


def check_definition(definition: Definition) -> None:
    """Refuse a definition that contradicts itself."""
    if not definition.name:
        raise JourneyRefusedError("name can not be blank")
    if definition.early_exit and definition.early_exit.rules == ExitRules():
        raise JourneyRefusedError("early_exit: at least one rule must be set")
    _check_depth(definition.nodes, DEPTH_MAX)
    nodes = list(every_node(definition.nodes))
    for node in nodes:
        _check_node(node)
    names = Counter(node.client_node_id for node in nodes if node.client_node_id)
    twice = [name for name, times in names.items() if times > 1]
    if twice:
        raise JourneyRefusedError(f"client_node_id must be unique within the journey: {twice[0]}")
    known = {*names, *(node.id for node in nodes if node.id)}
    for branch in (branch for node in nodes for branch in branches_of(node)):
        condition = branch.condition
        sender = condition and (condition.client_node_id or condition.sending_node_id)
        if sender and sender not in known:
            raise JourneyRefusedError(f"condition: there is no node {sender}")


def check_schedule(schedule: Schedule, now: datetime) -> None:
    """Refuse moments that are not UTC, have passed, or are too near."""
    start, stop = schedule.start_at or None, schedule.stop_at or None
    if any(moment.utcoffset() != timedelta(0) for moment in (start, stop) if moment):
        raise JourneyRefusedError("schedule: use UTC (Z or +00:00)")
    if start and start < now + NOTICE:
        raise JourneyRefusedError("schedule: start_at must be at least 5 minutes in the future")
    if stop and stop <= max(now, start or now):
        raise JourneyRefusedError("schedule: stop_at must be in the future and later than start_at")


def _check_depth(nodes: list[Node], left: int) -> None:
    if nodes and not left:
        raise JourneyRefusedError(f"nodes: branches may be nested {DEPTH_MAX} deep at most")
    for node in nodes:
        for branch in branches_of(node):
            _check_depth(branch.nodes, left - 1)


def _check_node(node: Node) -> None:
    fewest, most = BRANCHES.get(node.kind, (0, 0))
    branches = branches_of(node)
    if not fewest <= len(branches) <= most:
        raise JourneyRefusedError(f"{node.kind} takes {fewest} to {most} branches, not {len(branches)}")
    weights = [branch.weight or 0.0 for branch in branches]
    if node.kind == "split_range" and not abs(sum(weights) - WEIGHT) < WEIGHT_TOLERANCE:
        raise JourneyRefusedError(f"split_range: the weights of the branches must sum to {WEIGHT}")
    for window in node.windows or ():
        _check_window(window)
    if node.relative_to and (node.relative_to == "schedule_in_timezone") != bool(node.windows):
        raise JourneyRefusedError("time_window: windows belong to schedule_in_timezone, and only there")


def _check_window(window: TimeWindow) -> None:
    """Refuse a window of less than a quarter of an hour; one may reach over midnight."""
    if (_minutes(window.end) - _minutes(window.start)) % DAY_MINUTES < WINDOW_MINUTES_MIN:
        raise JourneyRefusedError(f"time_window: a window must span at least {WINDOW_MINUTES_MIN} minutes")


def _minutes(point: TimePoint) -> int:
    return point.hour * 60 + point.minute
