"""What a cohort can ask of a user, as typed values.

`AllOf((Performed("Play", times=3), PropertyIs("gp:plan", ("pro",))))` is who played three times and pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Comparison = Literal[">=", "<=", "=", ">", "<", "!="]


@dataclass(frozen=True, slots=True)
class Performed:
    """Did `event_type` at least (`>=`), at most, or exactly `times` times in the last `days` (None: ever).

    `_active` stands for any event. A user who never did it did it 0 times.
    """

    event_type: str
    comparison: Comparison = ">="
    times: int = 1
    days: int | None = 30


@dataclass(frozen=True, slots=True)
class PropertyIs:
    """The user property has one of the values; `gp:` marks a property of the customer's own."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PropertyIsNot:
    """The user property has none of the values; a user without the property passes."""

    name: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class PropertyIsSet:
    """The user property has a value that is neither null nor empty."""

    name: str


@dataclass(frozen=True, slots=True)
class Not:
    """Does not satisfy the rule."""

    rule: Rule


@dataclass(frozen=True, slots=True)
class AllOf:
    """Satisfies every rule."""

    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """Satisfies at least one rule."""

    rules: tuple[Rule, ...]


Rule = Performed | PropertyIs | PropertyIsNot | PropertyIsSet | Not | AllOf | AnyOf
