"""Renders a rule as the v3 `definition` of a cohort: an AND of ORs (facts/amplitude-api.md 1.11).

The shapes of event clauses are the vendor's; those of property clauses are ours (the vendor's are not published).
"""

from __future__ import annotations

from itertools import product
from typing import TYPE_CHECKING, Any

from fake_amplitude.rules import AllOf, AnyOf, Not, Performed, PropertyIs, PropertyIsNot, PropertyIsSet

if TYPE_CHECKING:
    from fake_amplitude.rules import Rule

CLAUSES_MAX = 1_000
OPPOSITE = {">=": "<", "<": ">=", "<=": ">", ">": "<=", "=": "!=", "!=": "="}

Leaf = tuple[Performed | PropertyIs | PropertyIsNot | PropertyIsSet, bool]  # the flag: negated
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


def _leaf(leaf: Performed | PropertyIs | PropertyIsNot | PropertyIsSet, negated: bool) -> dict[str, Any]:  # noqa: FBT001 - half of a pair
    match leaf:
        case Performed(event_type, comparison, times, days):
            return {
                "type": "event",
                "time_type": "allTime" if days is None else "rolling",
                "time_value": days or 0,
                "offset": 0,
                "interval": 1,
                "type_value": event_type,
                "operator": OPPOSITE[comparison] if negated else comparison,
                "operator_value": times,
                "group_by": [],
                "metric": None,
            }
        case PropertyIsSet(name):
            return _property(name, "set is not" if negated else "set is", [])
        case PropertyIs(name, values):
            return _property(name, "is not" if negated else "is", list(values))
        case PropertyIsNot(name, values):
            return _property(name, "is" if negated else "is not", list(values))


def _property(name: str, operator: str, values: list[str]) -> dict[str, Any]:
    return {
        "type": "user_property",
        "type_value": name,
        "operator": operator,
        "operator_value": values,
        "group_by": [],
    }
