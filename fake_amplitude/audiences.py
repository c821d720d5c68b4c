"""What one cohort looks like at one destination: its list, whom the partner acknowledged, and the run under way."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from fake_amplitude.records import Operation, SyncRow

Sent = dict[int, str]  # Amplitude ID to the mapped value it was sent under


@dataclass(slots=True)
class Batch:
    """Users to add or remove in one request; ready again at `not_before` after a refusal that may pass."""

    operation: Operation
    users: tuple[tuple[int, str], ...]
    not_before: datetime
    attempts: int = 0


@dataclass(slots=True)
class Run:
    """A run under way: removals wait until every addition is settled, so that none overtakes."""

    started: datetime
    list_not_before: datetime
    additions: deque[Batch]
    removals: deque[Batch]
    list_attempts: int = 0
    rows: list[SyncRow] = field(default_factory=list)
    acknowledged: int = 0
    given_up: int = 0
    undelivered: int = 0

    def waiting(self) -> deque[Batch]:
        """Answer the batches that may be sent now."""
        return self.additions or self.removals


@dataclass(slots=True)
class Audience:
    """The list at the partner and the base of the next difference: users in acknowledged batches."""

    list_id: str | None = None
    sent: Sent = field(default_factory=dict)
    run: Run | None = None
