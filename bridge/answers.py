"""What a vendor's answer means for one delivery; the relay knows these five words and no status code."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Delivered:
    """The vendor has it."""


@dataclass(frozen=True, slots=True)
class Later:
    """The vendor may take it later: nothing is wrong with it.

    `after` is what the vendor asked for (None: it asked for nothing). With `alone` only this delivery's lane waits;
    without, the whole route does. Unless the vendor said that it did not take it, it may have it all the same.
    """

    why: str
    after: timedelta | None = None
    alone: bool = False
    may_have_it: bool = True


@dataclass(frozen=True, slots=True)
class NotYet:
    """It was not sent, to keep within what the vendor takes; nothing failed, and the route goes on after this time."""

    after: timedelta


@dataclass(frozen=True, slots=True)
class Refused:
    """The vendor will never take it; `why` holds the vendor's own words."""

    why: str


@dataclass(frozen=True, slots=True)
class Stopped:
    """The vendor takes nothing from this route until somebody mends the credentials."""

    why: str


Answer = Delivered | Later | NotYet | Refused | Stopped
