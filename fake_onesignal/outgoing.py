"""What of the accepted messages is still to be sent: parts of audiences, by the moment at which each is due."""

from __future__ import annotations

from heapq import heappop, heappush
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from fake_onesignal.schedule import Part

Due: TypeAlias = "tuple[str, Sequence[str]]"
"""A message and the subscriptions that it now goes to, by their ids."""


class Outgoing:
    """The parts that wait, and `remaining`: by message, how many subscriptions have not been served yet."""

    def __init__(self) -> None:
        self.remaining: dict[str, int] = {}
        self._parts: list[tuple[datetime, int, Due]] = []
        self._pushed = 0

    def plan(self, notification_id: str, parts: Sequence[Part]) -> None:
        """Remember a message's parts."""
        self.remaining[notification_id] = sum(len(part) for _, part in parts)
        for moment, part in parts:
            self.put(moment, (notification_id, part))

    def put(self, moment: datetime, due: Due) -> None:
        """Let a part wait for its moment."""
        self._pushed += 1
        heappush(self._parts, (moment, self._pushed, due))

    def take(self, now: datetime) -> Due | None:
        """Take the next part whose time has come."""
        if not self._parts or self._parts[0][0] > now:
            return None
        return heappop(self._parts)[2]

    def serve(self, notification_id: str, number: int) -> int:
        """Count subscriptions as served; answers how many remain."""
        self.remaining[notification_id] -= number
        return self.remaining[notification_id]

    def drop(self, notification_id: str) -> None:
        """Forget the parts of a cancelled message; `remaining` says how many never got it."""
        self._parts = sorted(part for part in self._parts if part[2][0] != notification_id)

    def is_waiting(self, notification_id: str) -> bool:
        """Say whether a part of the message is still to come."""
        return any(due[0] == notification_id for _, _, due in self._parts)

    def next_due(self) -> datetime | None:
        """Say when the next part is due."""
        return self._parts[0][0] if self._parts else None
