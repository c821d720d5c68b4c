"""Takes what is due out of the outbox, has it sent, and writes down what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from bridge.answers import Answer, Delivered, Later, Refused, Stopped
from bridge.records import ClaimedDelivery, Direction, Outcomes, Postponed, from_microseconds
from bridge.retry import gives_up, wait_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

    from bridge.outbox import Outbox


class Sender(Protocol):
    """One direction of one connection, as the relay sees it."""

    @property
    def claim_max(self) -> int:
        """How many deliveries it likes to be given at once."""

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> Mapping[int, Answer]:
        """Try them in order; answers by delivery id, at least for the first one, never for one that may overtake."""


@dataclass(slots=True)
class Route:
    """One direction of one connection: who sends, and whether it rests or is stopped."""

    connection: str
    direction: Direction
    sender: Sender
    failures: int = 0
    rests_until: datetime | None = None
    stopped_because: str | None = None

    def is_open(self, now: datetime) -> bool:
        """Say whether something may be sent now."""
        return self.stopped_because is None and (self.rests_until is None or self.rests_until <= now)


class Relay:
    """Sends over all routes; a route that rests or is stopped holds back no other."""

    def __init__(self, outbox: Outbox, routes: Sequence[Route], *, now: Callable[[], datetime]) -> None:
        self._outbox = outbox
        self._routes = tuple(routes)
        self._now = now
        self._one_at_a_time = Lock()

    def run_due(self) -> int:
        """Send all that is due now; answers how many deliveries got an answer."""
        with self._one_at_a_time:
            tried = 0
            while round_tried := sum(self._run(route) for route in self._routes):
                tried += round_tried
            return tried

    def next_due(self) -> datetime | None:
        """Answer when there is something to send again; None when nothing waits, or only for mended credentials."""
        moments = [self._next_due(route) for route in self._routes if route.stopped_because is None]
        return min((moment for moment in moments if moment is not None), default=None)

    def stopped(self) -> dict[tuple[str, Direction], str]:
        """Answer which routes are stopped, and why."""
        return {
            (route.connection, route.direction): route.stopped_because
            for route in self._routes
            if route.stopped_because is not None
        }

    def resume(self, connection: str) -> None:
        """Try a connection again whose credentials have been mended, without waiting any longer."""
        for route in self._routes:
            if route.connection == connection:
                route.stopped_because, route.rests_until, route.failures = None, None, 0

    def _run(self, route: Route) -> int:
        if not route.is_open(self._now()):
            return 0
        claimed = self._outbox.claim(route.connection, route.direction, route.sender.claim_max)
        if not claimed:
            return 0
        answers = route.sender.send(claimed)
        assert answers, "a sender answers at least for the first delivery"  # else we would never end
        now = self._now()
        self._outbox.settle(_outcomes(claimed, answers, now))
        _remember(route, answers.values(), now)
        return len(answers)

    def _next_due(self, route: Route) -> datetime | None:
        due = self._outbox.next_due(route.connection, route.direction)
        if due is None or route.rests_until is None:
            return due
        return max(due, route.rests_until)


def _outcomes(claimed: Sequence[ClaimedDelivery], answers: Mapping[int, Answer], now: datetime) -> Outcomes:
    """Sort answers by what is to be written down; what was stopped or not tried stays as it is."""
    delivered: list[int] = []
    buried: list[tuple[int, str]] = []
    postponed: list[Postponed] = []
    for delivery in claimed:
        answer = answers.get(delivery.id)
        if isinstance(answer, Delivered):
            delivered.append(delivery.id)
        elif isinstance(answer, Refused):
            buried.append((delivery.id, answer.why))
        elif isinstance(answer, Later):
            age = now - from_microseconds(delivery.created_at)
            if gives_up(delivery.attempts + 1, age):
                buried.append((delivery.id, f"given up after {age.days} days: {answer.why}"))
            else:
                postponed.append(_postponed(delivery, answer, now))
    return Outcomes(tuple(delivered), tuple(buried), tuple(postponed))


def _postponed(delivery: ClaimedDelivery, later: Later, now: datetime) -> Postponed:
    """Its lane waits only when the vendor meant this one alone; otherwise the whole route rests."""
    not_before = now + wait_after(delivery.attempts + 1, later.after) if later.alone else None
    return Postponed(delivery.id, later.why, not_before)


def _remember(route: Route, answers: Iterable[Answer], now: datetime) -> None:
    """Let a route rest while its vendor is away, longer each time, and stop it when its key is refused."""
    away: Later | None = None
    for answer in answers:
        if isinstance(answer, Stopped):
            route.stopped_because = answer.why
        elif isinstance(answer, Later) and not answer.alone:
            away = answer
    route.failures = route.failures + 1 if away else 0
    route.rests_until = now + wait_after(route.failures, away.after) if away else None
