"""What one cohort looks like at one destination: its list, whom the partner acknowledged, and the run under way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection
    from datetime import datetime

    from fake_amplitude.records import Operation, SyncRow

IN_FLIGHT_MAX = 4  # requests in parallel (facts/amplitude-api.md 4.2)

Users = tuple[tuple[int, str], ...]  # Amplitude ID and the mapped value it is sent under


@dataclass(frozen=True, slots=True)
class Call:
    """One request to make: create the list (no users), or add or remove batch `number` of the run's users."""

    operation: Operation | None
    users: Users
    not_before: datetime
    number: int = 0
    attempts: int = 0


@dataclass(slots=True)
class Run:
    """A run under way: the list first, then additions, and removals only when every addition is settled.

    Four calls are in flight; one that waits for its next try keeps its place. `message_id` begins the ids of a
    webhook's messages.
    """

    started: datetime
    computed_ms: int
    creations: deque[Call]
    additions: deque[Call]
    leaving: dict[int, str]
    removals: deque[Call] = field(default_factory=deque)
    rows: list[SyncRow] = field(default_factory=list)
    message_id: str = ""
    problem: str = ""
    calls_acknowledged: int = 0
    calls_failed: int = 0
    users_undelivered: int = 0
    is_calling: bool = False

    def waiting(self) -> deque[Call]:
        """Answer the calls of the present phase."""
        return self.creations or self.additions or self.removals

    def in_flight(self) -> list[Call]:
        """Answer the calls of which any may be made next."""
        return list(islice(self.waiting(), IN_FLIGHT_MAX))


@dataclass(slots=True)
class Audience:
    """The list at the partner and the base of the next difference: users in acknowledged batches.

    `frozen` are those sent under an earlier mapping: the partner hears of them no more.
    """

    list_id: str | None = None
    sent: dict[int, str] = field(default_factory=dict)
    frozen: dict[int, None] = field(default_factory=dict)
    run: Run | None = None

    def freeze(self) -> None:
        """Leave everybody sent so far under the value of the mapping that is being changed."""
        self.frozen = dict.fromkeys(self.sent)

    def follow_merges(self, canonical: Callable[[int], int]) -> None:
        """Credit what was sent to the users that now stand for it; a second value of one user leaves the list."""
        after: dict[int, str] = {}
        stays_frozen: dict[int, None] = {}
        for amplitude_id, value in self.sent.items():
            user = canonical(amplitude_id)
            kept_as = amplitude_id if user != amplitude_id and (user in self.sent or user in after) else user
            after[kept_as] = value
            if amplitude_id in self.frozen:
                stays_frozen[kept_as] = None
        self.sent, self.frozen = after, stays_frozen

    def forget_ghosts(self, members: Collection[int]) -> None:
        """Forget the frozen users who are no members any more: the partner keeps them and is not told."""
        for ghost in [each for each in self.frozen if each not in members]:
            del self.frozen[ghost], self.sent[ghost]
