"""What a cohort can ask of a user, as typed values.

`AllOf((Performed("Play", times=3), PropertyIs("gp:plan", ("pro",))))` is who played three times and pays.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Comparison = Literal[">=", "<=", "=", ">", "<", "!="]


@dataclass(frozen=True, slots=True)
class PropertyFilter:
    """A condition on a property of the event, or of its user at that time; `gp:` marks the customer's own."""

    of: Literal["event", "user"]
    name: str
    operator: str
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Performed:
    """Did `event_type` at least (`>=`), at most, or exactly `times` times in the last `days` (None: ever).

    `_active` stands for any event. A user who never did it did it 0 times. Only events that pass `filters` count.
    """

    event_type: str
    comparison: Comparison = ">="
    times: int = 1
    days: int | None = 30
    filters: tuple[PropertyFilter, ...] = ()


@dataclass(frozen=True, slots=True)
class InSequence:
    """Did every step, one after the other, in the last `days`; other events may lie between."""

    steps: tuple[str, ...]
    days: int | None = 30


@dataclass(frozen=True, slots=True)
class FirstTime:
    """Did `event_type` for the first time ever in the last `days`; with `_active`: is a new user."""

    event_type: str
    days: int = 30


@dataclass(frozen=True, slots=True)
class SumOf:
    """The numbers that `event_type` carried in an event property sum up to `amount`; nothing sums up to 0."""

    event_type: str
    property_name: str
    comparison: Comparison
    amount: float
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
class PropertyCompares:
    """The user property is a number that is less or greater than `amount`."""

    name: str
    operator: Literal["less", "less or equal", "greater", "greater or equal"]
    amount: float


@dataclass(frozen=True, slots=True)
class PropertyContains:
    """The user property is text that contains one of the values."""

    name: str
    values: tuple[str, ...]


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


Behaviour = Performed | InSequence | FirstTime | SumOf
Trait = PropertyIs | PropertyIsNot | PropertyIsSet | PropertyCompares | PropertyContains
Rule = Behaviour | Trait | Not | AllOf | AnyOf
