"""How deep properties may nest and how long their strings may be (facts/amplitude-api.md 1.3)."""

from __future__ import annotations

from typing import Any

DEPTH_MAX = 40
STRING_MAX = 1_024
NESTED = frozenset({dict, list})


def is_shallow(properties: dict[str, Any]) -> bool:
    """Answer whether no value is an object or an array: the common case, told quickly."""
    return NESTED.isdisjoint(map(type, properties.values()))


def is_short(properties: dict[str, Any]) -> bool:
    """Answer whether all values are plain and no string needs a cut: the common case, told quickly."""
    return all(
        len(value) <= STRING_MAX if type(value) is str else type(value) is not dict and type(value) is not list
        for value in properties.values()
    )


def is_too_deep(value: Any, allowed: int = DEPTH_MAX) -> bool:
    """Answer whether objects and arrays nest more than `allowed` levels."""
    if isinstance(value, dict):
        return allowed == 0 or any(is_too_deep(inner, allowed - 1) for inner in value.values())
    if isinstance(value, list):
        return allowed == 0 or any(is_too_deep(inner, allowed - 1) for inner in value)
    return False


def cut(value: Any) -> Any:
    """Answer the value with every string cut at 1,024 characters."""
    if isinstance(value, str):
        return value[:STRING_MAX]
    if isinstance(value, dict):
        return {name: cut(inner) for name, inner in value.items()}
    if isinstance(value, list):
        return [cut(inner) for inner in value]
    return value
