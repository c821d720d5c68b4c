"""The JSON of filters: an array of conditions and operators to a rule, refused as a whole when one does not fit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.filters import DEVICE_TYPES, RELATIONS, Condition, as_number
from fake_onesignal.segment_errors import FilterRefusedError

if TYPE_CHECKING:
    from fake_onesignal.filters import Branch, Rule

FILTERS_MAX: Final = 200
IN_ARRAY_MAX: Final = 20
USER_BASED: Final = frozenset({"message_event", "custom_event"})
NOT_IN_THE_API: Final = (
    "User-based segments (with message event or custom event filters) are not yet supported via the API"
)
"""What the service says when such a segment, which only the dashboard can make, is viewed (5.1)."""

_NUMERIC_RELATIONS: Final = frozenset({">", "<", "time_elapsed_gt", "time_elapsed_lt"})
_NUMERIC_FIELDS: Final = frozenset({"session_count", "session_time", "amount_spent", "bought_sku"})
_PLACE: Final = frozenset({"radius", "lat", "long"})
_SHOWN: Final = ("operator", "field", "key", "relation", "value", "hours_ago", "radius", "lat", "long")
_VALUELESS: Final = frozenset({"exists", "not_exists"})


def parse_filters(filters: Any) -> Rule:
    """Read a filter array: AND binds tighter than OR and may be left out (facts/onesignal-api.md 5.1)."""
    if not isinstance(filters, list) or not filters:
        raise FilterRefusedError("filters must be a non-empty array")
    if len(filters) > FILTERS_MAX:
        raise FilterRefusedError(f"filters may have at most {FILTERS_MAX} entries")
    branches: list[Branch] = [()]
    expects_condition = True
    for entry in filters:
        if not isinstance(entry, dict):
            raise FilterRefusedError("every filter must be an object")
        if "operator" in entry and "field" not in entry:
            if expects_condition or entry["operator"] not in {"AND", "OR"}:
                raise FilterRefusedError("an operator must be AND or OR and stand between two filters")
            if entry["operator"] == "OR":
                branches.append(())
            expects_condition = True
        else:
            branches[-1] = (*branches[-1], parse_condition(entry))
            expects_condition = False
    if expects_condition:
        raise FilterRefusedError("filters must not end with an operator")
    return tuple(branches)


def canonical(filters: list[dict[str, Any]]) -> tuple[dict[str, Any], ...]:
    """Give an accepted array as it is kept and shown: known keys only, operands as text, places as numbers."""
    return tuple(
        {name: number(entry, name) if name in _PLACE else text(entry, name) for name in _SHOWN if name in entry}
        for entry in filters
    )


def parse_condition(entry: dict[str, Any]) -> Condition:
    """Read one filter."""
    field, relation = text(entry, "field"), text(entry, "relation")
    if field in USER_BASED:
        raise FilterRefusedError(NOT_IN_THE_API)
    if relation not in RELATIONS.get(field, ()):
        raise FilterRefusedError(f"{field or 'field'} does not take the relation {relation!r}")
    key, value = text(entry, "key"), text(entry, "value")
    if field in {"last_session", "first_session"}:
        value = text(entry, "hours_ago") or value
    if field in {"tag", "bought_sku"} and not key:
        raise FilterRefusedError(f"{field} requires a key")
    if not value and field != "location" and relation not in _VALUELESS:
        raise FilterRefusedError(f"{field} requires a value")
    if field == "device_type" and value.lower() not in DEVICE_TYPES:
        raise FilterRefusedError(f"unknown device_type {value[:100]!r}")
    if "in_array" in relation and value.count(",") >= IN_ARRAY_MAX:
        raise FilterRefusedError(f"{relation} takes at most {IN_ARRAY_MAX} values")
    if field == "location":
        return Condition(
            field, relation, number=number(entry, "radius"), lat=number(entry, "lat"), long=number(entry, "long")
        )
    numeric = field in _NUMERIC_FIELDS or (relation in _NUMERIC_RELATIONS and field != "app_version")
    amount = as_number(value) if numeric else 0.0
    if amount is None:
        raise FilterRefusedError(f"{field} requires a number")
    return Condition(field, relation, key, value, amount)


def text(entry: dict[str, Any], name: str) -> str:
    """Read an operand as text; numbers and flags are taken as what they look like."""
    value = entry.get(name, "")
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (int, float)):
        return str(value)
    if not isinstance(value, str):
        raise FilterRefusedError(f"{name} must be text")
    return value


def number(entry: dict[str, Any], name: str) -> float:
    """Read an operand as a number, which may be sent as text."""
    amount = as_number(text(entry, name))
    if amount is None:
        raise FilterRefusedError(f"{name} must be a number")
    return amount
