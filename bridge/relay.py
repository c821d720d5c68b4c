"""Takes what is due out of the outbox, has it sent, and writes down what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Protocol

from bridge.answers import Answer, Delivered, Later, NotYet, Refused, Stopped
from bridge.records import ClaimedDelivery, Direction, Outcomes, Postponed, from_microseconds
from bridge.retry import gives_up, too_late, wait_after

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime, timedelta

    from bridge.outbox import Outbox
    from bridge.route_states import RouteStates


class Sender(Protocol):
    """One direction of one connection, as the relay sees it."""

    @property
    def claim_max(self) -> int:
        """How many deliveries it likes to be given at once."""

    def send(self, deliveries: Sequence[ClaimedDelivery]) -> Mapping[int, Answer]:
        """Try them in order; answers by delivery id, at least for the first one, never for one that may overtake."""

    def settled(self, deliveries: Sequence[ClaimedDelivery], outcomes: Outcomes) -> None:
        """Hear what becomes of them, just before it is written down."""


@dataclass(frozen=True, slots=True)
class Route:
    """One direction of one connection and who sends there.

    `remembers_for` says how long the vendor surely knows a repeated delivery again; None when repeating does no harm.
    """

    connection: str
    direction: Direction
    sender: Sender
    remembers_for: timedelta | None = None

    @property
    def name(self) -> tuple[str, Direction]:
        """Its key among all routes."""
        return self.connection, self.direction


class Relay:
    """Sends over all routes; a route that rests or is stopped holds back no other."""

    def __init__(
        self, outbox: Outbox, routes: Sequence[Route], *, states: RouteStates, now: Callable[[], datetime]
    ) -> None:
        self._outbox = outbox
        self._routes = tuple(routes)
        self._states = states
        self._now = now
        self._one_at_a_time = Lock()

    def run_due(self) -> int:
        """Send all that is due now; answers how many deliveries got an answer."""
        with self._one_at_a_time:
            tried = 0
            while round_tried := sum(self._run(route) for route in self._routes):
                tried += round_tried
            return tried

    def run_round(self) -> int:
        """Send one round on each route, for an owner who may have to stop between two."""
        with self._one_at_a_time:
            return sum(self._run(route) for route in self._routes)

    def next_due(self) -> datetime | None:
        """Answer when there is something to send again; None when nothing waits, or only for mended credentials."""
        moments = [self._next_due(route) for route in self._routes]
        return min((moment for moment in moments if moment is not None), default=None)

    def _run(self, route: Route) -> int:
        if self._outbox.waiting.is_surely_nothing(route.name) or not self._states.of(route.name).is_open(self._now()):
            return 0
        doubtful = route.remembers_for is not None
        claimed = self._outbox.claim(*route.name, route.sender.claim_max, in_doubt=doubtful)
        if not claimed:
            return 0
        began = self._now()
        answers = _answers(route, claimed, began)
        assert answers, "a sender answers at least for the first delivery"  # else we would never end
        now = self._now()
        outcomes = _outcomes(claimed, answers, now)
        route.sender.settled(claimed, outcomes)
        self._outbox.settle(route.name, claimed, outcomes, took=now - began)
        self._remember(route, answers.values(), now)
        return sum(not isinstance(answer, NotYet) for answer in answers.values())

    def _next_due(self, route: Route) -> datetime | None:
        due = self._outbox.next_due(*route.name)
        if due is None:
            return None
        state = self._states.of(route.name)
        if state.stopped_because is not None:
            return None
        return due if state.rests_until is None else max(due, state.rests_until)

    def _remember(self, route: Route, answers: Iterable[Answer], now: datetime) -> None:
        """Let a route rest while its vendor is away, longer each time, and stop it when its key is refused."""
        away: Later | None = None
        paced: NotYet | None = None
        for answer in answers:
            if isinstance(answer, Stopped):
                self._states.stop(route.name, answer.why)
            elif isinstance(answer, Later) and not answer.alone:
                away = answer
            elif isinstance(answer, NotYet):
                paced = answer
        if away is None:
            self._states.went_well(route.name, pauses_until=now + paced.after if paced else None)
        else:
            failures = self._states.of(route.name).failures + 1
            self._states.rest(route.name, now + wait_after(failures, away.after))


def _answers(route: Route, claimed: Sequence[ClaimedDelivery], now: datetime) -> dict[int, Answer]:
    """Have them sent, but those that the vendor may have and would no longer know again."""
    late: dict[int, Answer] = {}
    if route.remembers_for is not None:
        reasons = ((delivery.id, too_late(delivery, route.remembers_for, now)) for delivery in claimed)
        late = {delivery_id: Refused(why) for delivery_id, why in reasons if why is not None}
    in_time = [delivery for delivery in claimed if delivery.id not in late] if late else claimed
    return {**late, **route.sender.send(in_time)} if in_time else late


def _outcomes(claimed: Sequence[ClaimedDelivery], answers: Mapping[int, Answer], now: datetime) -> Outcomes:
    """Sort answers by what is to be written down; what was stopped or not tried stays as it was."""
    delivered: list[int] = []
    buried: list[tuple[int, str]] = []
    postponed: list[Postponed] = []
    untouched: list[int] = []
    for delivery in claimed:
        answer = answers.get(delivery.id)
        if isinstance(answer, Delivered):
            delivered.append(delivery.id)
        elif isinstance(answer, Refused):
            buried.append((delivery.id, answer.why))
        elif isinstance(answer, Later):
            why = gives_up(delivery, answer.why, now)
            if why is None:
                postponed.append(_postponed(delivery, answer, now))
            else:
                buried.append((delivery.id, why))
        if delivery.in_doubt_since is None and not isinstance(answer, Delivered | Later):
            untouched.append(delivery.id)
    return Outcomes(tuple(delivered), tuple(buried), tuple(postponed), tuple(untouched))


def _postponed(delivery: ClaimedDelivery, later: Later, now: datetime) -> Postponed:
    """Its lane waits only when the vendor meant this one alone; otherwise the whole route rests."""
    not_before = now + wait_after(delivery.attempts + 1, later.after) if later.alone else None
    if delivery.in_doubt_since is not None:
        return Postponed(delivery.id, later.why, not_before, from_microseconds(delivery.in_doubt_since))
    return Postponed(delivery.id, later.why, not_before, now if later.may_have_it else None)
