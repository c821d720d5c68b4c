"""Renders a rule as the v3 `definition` of a cohort: an AND of ORs (facts/amplitude-api.md 1.11).

The shapes of event clauses are the vendor's; those of property, sequence and first-time clauses are ours (the
vendor's are not published), as is `negated` on a leaf whose operator has no opposite.
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

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
    PropertyIsSet,
    SumOf,
)

if TYPE_CHECKING:
    from fake_amplitude.rules import Behaviour, PropertyFilter, Rule, Trait

CLAUSES_MAX = 1_000
OPPOSITE = {">=": "<", "<": ">=", "<=": ">", ">": "<=", "=": "!=", "!=": "="}

Leaf = tuple["Behaviour | Trait", bool]  # the flag: negated
Clauses = list[list[Leaf]]


def render_definition(rule: Rule | None) -> dict[str, Any]:
    """Render the definition; a listed cohort has no clauses."""
    clauses = [] if rule is None else _clauses(rule, negated=False)
    return {
        "version": 3,
        "countGroup": {"name": "User", "is_computed": False},
        "cohortType": "UNIQUES",
        "andClauses": [{"negated": False, "orClauses": [_leaf(*leaf) for leaf in clause]} for clause in clauses],
        "referenceFrameTimeParams": {},
    }


def _clauses(rule: Rule, *, negated: bool) -> Clauses:
    match rule:
        case Not(inner):
            return _clauses(inner, negated=not negated)
        case AllOf(rules) | AnyOf(rules):
            parts = [_clauses(inner, negated=negated) for inner in rules]
            joins_all = isinstance(rule, AllOf) != negated
            return [clause for part in parts for clause in part] if joins_all else _distributed(parts)
        case leaf:
            return [[(leaf, negated)]]


def _distributed(parts: list[Clauses]) -> Clauses:
    clauses: Clauses = [[]]
    for part in parts:
        if len(clauses) * len(part) > CLAUSES_MAX:
            raise ValueError(f"the rule needs more than {CLAUSES_MAX} clauses")
        clauses = [left + right for left, right in product(clauses, part)]
    return clauses


def _leaf(leaf: Behaviour | Trait, negated: bool) -> dict[str, Any]:  # noqa: FBT001 - half of a pair
    match leaf:
        case Performed(event_type, comparison, times, days, filters):
            said = _event(event_type, days, OPPOSITE[comparison] if negated else comparison, times)
            return {**said, "filters": [_filter(each) for each in filters]} if filters else said
        case SumOf(event_type, name, comparison, amount, days):
            said = _event(event_type, days, OPPOSITE[comparison] if negated else comparison, amount)
            return {**said, "group_by": [{"type": "event", "value": name}], "metric": "sum"}
        case InSequence(steps, days):
            return {**_event(list(steps), days, ">=", 1), "type": "sequence", "negated": negated}
        case FirstTime(event_type, days):
            return {**_event(event_type, days, "=", 1), "type": "nth_time", "negated": negated}
        case trait:
            return _trait(trait, negated=negated)


def _trait(trait: Trait, *, negated: bool) -> dict[str, Any]:
    match trait:
        case PropertyIsSet(name):
            return _property(name, "set is not" if negated else "set is", [])
        case PropertyIs(name, values):
            return _property(name, "is not" if negated else "is", list(values))
        case PropertyIsNot(name, values):
            return _property(name, "is" if negated else "is not", list(values))
        case PropertyContains(name, values):
            return _property(name, "does not contain" if negated else "contains", list(values))
        case PropertyCompares(name, operator, amount):
            return {**_property(name, operator, [str(amount)]), "negated": negated}


def _event(type_value: str | list[str], days: int | None, operator: str, amount: float) -> dict[str, Any]:
    return {
        "type": "event",
        "time_type": "allTime" if days is None else "rolling",
        "time_value": days or 0,
        "offset": 0,
        "interval": 1,
        "type_value": type_value,
        "operator": operator,
        "operator_value": amount,
        "group_by": [],
        "metric": None,
    }


def _filter(each: PropertyFilter) -> dict[str, Any]:
    return {
        "subprop_type": each.of,
        "subprop_key": each.name,
        "subprop_op": each.operator,
        "subprop_value": list(each.values),
    }


def _property(name: str, operator: str, values: list[str]) -> dict[str, Any]:
    return {
        "type": "user_property",
        "type_value": name,
        "operator": operator,
        "operator_value": values,
        "group_by": [],
    }
