"""What the street says when it is used wrongly: one line each, with the remedy in it."""

import difflib
from collections.abc import Iterable
from typing import Final

MOST: Final = 10_000_000


class WrongUsageError(ValueError):
    """Raised when a name does not exist, a value has the wrong type, or a share is no share."""


def no_such(kind: str, name: str, known: Iterable[str], *, of: str = "") -> WrongUsageError:
    """Say that a name does not exist, and which one is nearest."""
    nearest = difflib.get_close_matches(name, sorted(known), n=1, cutoff=0.0)
    remedy = f"the nearest is {nearest[0]!r}" if nearest else "there are none"
    return WrongUsageError(f"there is no {kind} {name!r}{of}; {remedy}")


def require(least: float, most: float = MOST, /, **parameters: float) -> None:
    """Refuse parameters of a scenario that are smaller or larger than the story, or any machine, can do with."""
    for name, value in parameters.items():
        if not value >= least:
            raise WrongUsageError(f"parameter {name!r} must be at least {least}, not {value}")
        if value > most:
            raise WrongUsageError(f"parameter {name!r} must be at most {most:,}, not {value:,}")


def require_shares(**parameters: float) -> None:
    """Refuse parameters that are no share of a whole."""
    for name, value in parameters.items():
        if not 0 <= value <= 1:
            raise WrongUsageError(f"parameter {name!r} must be a share between 0 and 1, not {value}")
