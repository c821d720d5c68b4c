"""What an Identify does to the properties of a user or of a group.

Operations run in the server's order (facts/amplitude-api.md 2.5); plain keys are merged after them, as `$set`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

Properties = dict[str, Any]  # a property's value is any JSON value; it is never looked into by type

CLEAR_ALL = "$clearAll"
UNSET = "$unset"
ARRAY_CHARACTERS_MAX = 10_000
LARGEST_NUMBER = 2**63  # beyond it a sum could leave the numbers that JSON can say


def changed(properties: Properties, update: Mapping[str, Any]) -> Properties:
    """Answer the properties after the update, as a new dictionary; the given one is never changed."""
    if OPERATIONS.keys().isdisjoint(update) and CLEAR_ALL not in update:
        return {**properties, **update}
    after = {} if CLEAR_ALL in update else dict(properties)
    for operation, change in OPERATIONS.items():
        for name, value in update.get(operation, {}).items():
            change(after, name, value)
    after.update((name, value) for name, value in update.items() if not is_operation(name))
    return after


def is_operation(name: str) -> bool:
    """Answer whether a key of `user_properties` is an operation rather than a property."""
    return name in OPERATIONS or name == CLEAR_ALL


def _unset(after: Properties, name: str, _: Any) -> None:
    after.pop(name, None)


def _set(after: Properties, name: str, value: Any) -> None:
    after[name] = value


def _set_once(after: Properties, name: str, value: Any) -> None:
    after.setdefault(name, value)


def _add(after: Properties, name: str, value: Any) -> None:
    amount, before = _number(value), _number(after.get(name, 0))
    if amount is not None and before is not None:
        after[name] = before + amount


def _append(after: Properties, name: str, value: Any) -> None:
    after[name] = _bounded([*_listed(after.get(name)), *_listed(value)])


def _prepend(after: Properties, name: str, value: Any) -> None:
    after[name] = _bounded([*_listed(value), *_listed(after.get(name))])


def _pre_insert(after: Properties, name: str, value: Any) -> None:
    before = _listed(after.get(name))
    after[name] = _bounded([*_missing(value, before), *before])


def _post_insert(after: Properties, name: str, value: Any) -> None:
    before = _listed(after.get(name))
    after[name] = _bounded([*before, *_missing(value, before)])


def _remove(after: Properties, name: str, value: Any) -> None:
    if name in after:
        gone = _listed(value)
        after[name] = [kept for kept in _listed(after[name]) if not _is_in(kept, gone)]


OPERATIONS: dict[str, Callable[[Properties, str, Any], None]] = {
    UNSET: _unset,
    "$set": _set,
    "$setOnce": _set_once,
    "$add": _add,
    "$append": _append,
    "$prepend": _prepend,
    "$preInsert": _pre_insert,
    "$postInsert": _post_insert,
    "$remove": _remove,
}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _missing(value: Any, present: list[Any]) -> list[Any]:
    fresh: list[Any] = []
    for candidate in _listed(value):
        if not _is_in(candidate, present) and not _is_in(candidate, fresh):
            fresh.append(candidate)
    return fresh


def _is_in(value: Any, values: list[Any]) -> bool:
    """Answer whether a value is there; true and 1 are two values in JSON and one in Python."""
    return any(
        value == each and (value is each or isinstance(value, bool) == isinstance(each, bool)) for each in values
    )


def _bounded(values: list[Any]) -> list[Any]:
    """Answer the values that fit into an array's 10,000 characters, from the front; what does not fit is inferred."""
    while len(msgspec.json.encode(values)) > ARRAY_CHARACTERS_MAX:
        values = values[: len(values) * 9 // 10]
    return values


def _number(value: Any) -> int | float | None:
    if isinstance(value, str):
        try:
            value = float(value) if "." in value else int(value)
        except ValueError:
            return None
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    return value if is_number and abs(value) <= LARGEST_NUMBER else None
