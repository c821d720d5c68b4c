"""Outcomes: what people did after a message, as SDKs measure it, and the sums and counts that are made of it.

Three come from what really happened and need no measuring: clicks, confirmed deliveries, and time spent in the app
(`os__click`, `os__confirmed_delivery`, `os__session_duration`). An outcome is credited to a message directly (it was
tapped), by influence (it was seen before), or to none. Kept for about 30 days (facts/onesignal-api.md 3, 10). A
click is direct and a confirmed delivery an influence (inferred).
"""

from __future__ import annotations

from collections import deque
from datetime import timedelta
from itertools import takewhile
from typing import TYPE_CHECKING, Final, Literal, TypeAlias

from msgspec import Struct

from fake_onesignal.message_kinds import PUSH_CLICKED, PUSH_RECEIVED

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from fake_onesignal.ledger import Ledger
    from fake_onesignal.state import AppState, World

Attribution: TypeAlias = Literal["direct", "influenced", "unattributed"]
KEPT: Final = timedelta(days=30)
RANGES: Final = {"1h": timedelta(hours=1), "1d": timedelta(days=1), "1mo": KEPT}
SESSION_DURATION: Final = "os__session_duration"
DERIVED: Final[dict[str, tuple[str, Attribution]]] = {
    "os__click": (PUSH_CLICKED, "direct"),
    "os__confirmed_delivery": (PUSH_RECEIVED, "influenced"),
}


class Measured(Struct, frozen=True, gc=False):
    """One outcome: `weight` is what sums add up, `type` the subscription's, `message_ids` the messages credited."""

    name: str
    at: datetime
    weight: float
    attribution: Attribution
    type: str
    message_ids: tuple[str, ...] = ()


class Asked(Struct, frozen=True):
    """Which outcomes are asked for: names with their aggregation, how far back, at which types, credited how."""

    names: tuple[tuple[str, Literal["sum", "count"]], ...]
    span: timedelta
    types: tuple[str, ...] | None
    attribution: Attribution | None


class Outcomes:
    """The measured outcomes of one app, oldest first."""

    def __init__(self) -> None:
        self.measured: deque[Measured] = deque()

    def add(self, outcome: Measured) -> Measured:
        """Keep an outcome, and let go of those that are too old."""
        while self.measured and outcome.at - self.measured[0].at >= KEPT:
            self.measured.popleft()
        self.measured.append(outcome)
        return outcome


def aggregated(world: World, state: AppState, asked: Asked) -> list[float]:
    """Answer one number for each name that is asked for, in that order."""
    totals = dict.fromkeys(asked.names, 0.0)
    for outcome in _since(state, world.now() - asked.span):
        if asked.attribution not in {None, outcome.attribution}:
            continue
        if asked.types is not None and outcome.type not in asked.types:
            continue
        if (outcome.name, "sum") in totals:
            totals[outcome.name, "sum"] += outcome.weight
        if (outcome.name, "count") in totals:
            totals[outcome.name, "count"] += 1
    return [totals[name] for name in asked.names]


def of_message(ledger: Ledger, notification_id: str) -> dict[str, tuple[float, int]]:
    """Give the sum and the count of every outcome credited to a message, in the order in which they first came."""
    found: dict[str, tuple[float, int]] = {}
    for outcome in ledger.outcomes.measured:
        if notification_id in outcome.message_ids:
            weight, count = found.get(outcome.name, (0.0, 0))
            found[outcome.name] = (weight + outcome.weight, count + 1)
    return found


def _since(state: AppState, moment: datetime) -> Iterator[Measured]:
    """Go back in time over what was measured, and over the events that are outcomes too."""
    yield from takewhile(lambda outcome: outcome.at > moment, reversed(state.ledger.outcomes.measured))
    derived = {kind: (name, attribution) for name, (kind, attribution) in DERIVED.items()}
    for event in takewhile(lambda event: event.at > moment, reversed(state.ledger.events)):
        if event.kind in derived:
            name, attribution = derived[event.kind]
            subscription = state.subscriptions.get(event.subscription_id)
            type_ = subscription.type if subscription else ""
            yield Measured(name, event.at, 1.0, attribution, type_, (event.message_id,))


def measure(
    world: World,
    state: AppState,
    *,
    name: str,
    weight: float,
    subscription_id: str,
    type_: str,
    message_ids: Sequence[str],
    is_direct: bool,
) -> Measured:
    """Keep what an SDK measured. Messages that the app never sent are not credited (inferred)."""
    credited = tuple(one for one in message_ids if one in state.ledger.notifications)
    attribution: Attribution = "unattributed"
    if credited:
        attribution = "direct" if is_direct else "influenced"
    known = state.subscriptions.get(subscription_id)
    outcome = Measured(name, world.now(), weight, attribution, known.type if known else type_, credited)
    return state.ledger.outcomes.add(outcome)
