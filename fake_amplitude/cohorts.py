"""Who is in a cohort. Users are Amplitude IDs after merges, anonymous ones included (facts/amplitude-api.md 3.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_amplitude.behaviours import doers
from fake_amplitude.property_filters import FILTERS
from fake_amplitude.rules import (
    AllOf,
    AnyOf,
    FirstTime,
    InSequence,
    Not,
    Performed,
    PropertyCompares,
    PropertyContains,
    PropertyIs,
    PropertyIsNot,
    SumOf,
)
from fake_amplitude.user_properties import property_of, spelled

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_amplitude.rules import Rule, Trait
    from fake_amplitude.warehouse import Warehouse


def members(rule: Rule, warehouse: Warehouse, now_ms: int) -> frozenset[int]:
    """Answer the users that satisfy the rule now, among those with at least one event."""
    return frozenset(_members(rule, warehouse, now_ms, warehouse.active_ids()))


def _members(rule: Rule, warehouse: Warehouse, now_ms: int, everyone: set[int]) -> set[int]:
    match rule:
        case Performed() | InSequence() | FirstTime() | SumOf():
            return doers(rule, warehouse, now_ms, everyone)
        case Not(inner):
            return everyone - _members(inner, warehouse, now_ms, everyone)
        case AllOf(rules):
            sets = (_members(inner, warehouse, now_ms, everyone) for inner in rules)
            return everyone.intersection(*sets)
        case AnyOf(rules):
            return set().union(*(_members(inner, warehouse, now_ms, everyone) for inner in rules))
        case trait:
            return _having(trait, warehouse, everyone)


def _having(trait: Trait, warehouse: Warehouse, everyone: set[int]) -> set[int]:
    if isinstance(trait, PropertyIsNot):
        return everyone - _having(PropertyIs(trait.name, trait.values), warehouse, everyone)
    accepts = _test_of(trait)
    values = ((each, property_of(warehouse.profiles.of(each), trait.name)) for each in everyone)
    return {each for each, value in values if value is not None and value != "" and accepts(value)}


def _test_of(trait: Trait) -> Callable[[Any], bool]:
    match trait:
        case PropertyIs(_, values):
            return lambda value: spelled(value) in values
        case PropertyContains(_, values):
            return lambda value: FILTERS["contains"](spelled(value), values)
        case PropertyCompares(_, operator, amount):
            return lambda value: FILTERS[operator](spelled(value), (str(amount),))
        case _:
            return lambda _: True
