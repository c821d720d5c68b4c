"""What the street knows of whoever lives there: doors that answer, outgoing work, and a final state."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any, Protocol


class Door(Protocol):
    """A WSGI callable: whatever answers HTTP."""

    def __call__(self, environ: dict[str, Any], start_response: Any, /) -> Iterable[bytes]:
        """Answer one request."""


class Worker(Protocol):
    """Whoever has outgoing work to do at moments of the clock."""

    def run_due(self) -> int:
        """Do the outgoing work that is due now; answer how many pieces of it were done."""

    def next_due(self) -> datetime | None:
        """Say when there will be outgoing work again; None when none is in sight."""


class Party(Door, Worker, Protocol):
    """A house on the street; found by its shape, never by a base class (`docs/between-the-houses.md`)."""

    def fingerprint(self) -> str:
        """Sum up the final state as a SHA-256 in hexadecimal."""
