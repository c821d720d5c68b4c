"""Reads the rule of a cohort as JSON: an object of one key, which is the rule's name.

`{"all_of": [{"performed": {"event_type": "Play", "times": 3}}, {"not": {"property_is_set": {"name": "gp:plan"}}}]}`;
the names and fields are those of `fake_amplitude/rules.py`. This form is ours: the vendor's page has no other.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import msgspec

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
    PropertyFilter,
    PropertyIs,
    PropertyIsNot,
    PropertyIsSet,
    Rule,
    SumOf,
)
from simulator.errors import WrongUsageError, no_such

DEPTH_MAX: Final = 20

_LEAVES: Final = (
    Performed,
    InSequence,
    FirstTime,
    SumOf,
    PropertyIs,
    PropertyIsNot,
    PropertyIsSet,
    PropertyCompares,
    PropertyContains,
)
_LEAF: Final[Mapping[str, Any]] = {re.sub("(?<!^)(?=[A-Z])", "_", leaf.__name__).lower(): leaf for leaf in _LEAVES}
_JOINING: Final[Mapping[str, type[AllOf | AnyOf]]] = {"all_of": AllOf, "any_of": AnyOf}


def rule_of(said: object, *, depth: int = 1) -> Rule:
    """Read a rule; raises WrongUsageError with the nearest right name."""
    if depth > DEPTH_MAX:
        raise WrongUsageError(f"rules stand at most {DEPTH_MAX} deep in each other")
    if not isinstance(said, dict) or len(said) != 1:
        raise WrongUsageError("a rule is an object of one key, like {'performed': {'event_type': 'Play', 'times': 3}}")
    ((name, inner),) = said.items()
    if name == "not":
        return Not(rule_of(inner, depth=depth + 1))
    if name in _JOINING:
        return _JOINING[name](tuple(_rules(name, inner, depth + 1)))
    if name not in _LEAF:
        raise no_such("rule", name, (*_LEAF, *_JOINING, "not"))
    try:
        leaf: Rule = msgspec.convert(inner, _LEAF[name])
    except msgspec.ValidationError as error:
        raise WrongUsageError(f"rule {name!r}: {error}") from error
    if isinstance(leaf, Performed):
        require_operators(leaf.filters)
    return leaf


def require_operators(filters: Iterable[PropertyFilter]) -> None:
    """Refuse a condition whose operator there is not."""
    for each in filters:
        if each.operator not in FILTERS:
            raise no_such("operator", each.operator, FILTERS)


def _rules(name: str, inner: object, depth: int) -> Iterator[Rule]:
    if not isinstance(inner, list) or not inner:
        raise WrongUsageError(f"rule {name!r} takes a list of rules")
    yield from (rule_of(each, depth=depth) for each in inner)
