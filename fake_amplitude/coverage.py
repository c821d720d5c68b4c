"""How much of Amplitude this fake does: the vendor's list of operations, joined with the routes that answer them."""

from __future__ import annotations

from functools import cache
from typing import Final

from msgspec.structs import replace
from werkzeug.exceptions import HTTPException

from fake_amplitude.doors import flask_app
from fake_amplitude.operations import Operation, Shape, declared, shape

UNBUILT_PROOF: Final = "test_known_but_unbuilt_operations_say_so"
_NO_OPERATION: Final = frozenset({"HEAD", "OPTIONS"})


class UndeclaredError(Exception):
    """Raised when a route answers something that `operations.txt` does not list."""


@cache
def operations() -> tuple[Operation, ...]:
    """Give every operation of the vendor, in the order of the list, at the level at which this fake has it.

    What only `routes/unbuilt.py` answers is `501`, whatever it is meant to become. Raises UndeclaredError.
    """
    built = _blueprints()
    listed = {shape(one.method, one.path): one for one in declared()}
    strangers = sorted(built.keys() - listed.keys())
    if strangers:
        raise UndeclaredError(f"routes that operations.txt does not list: {strangers}")
    return tuple(_as_built(one, built[where]) for where, one in listed.items())


def operation_of(method: str, path: str) -> Operation | None:
    """Find what a request asks for; `path` is still percent-encoded."""
    try:
        rule, _ = flask_app().url_map.bind("").match(path, method=method, return_rule=True)
    except HTTPException:
        return None
    return _by_shape()[shape("GET" if method == "HEAD" else method, rule.rule)]


@cache
def _by_shape() -> dict[Shape, Operation]:
    return {shape(one.method, one.path): one for one in operations()}


def _blueprints() -> dict[Shape, str]:
    """Say which blueprint answers each route."""
    return {
        shape(method, rule.rule): rule.endpoint.partition(".")[0]
        for rule in flask_app().url_map.iter_rules()
        for method in sorted((rule.methods or set()) - _NO_OPERATION)
    }


def _as_built(one: Operation, blueprint: str) -> Operation:
    if blueprint != "unbuilt":
        return one
    return replace(one, level="501", success=(), errors=(*one.errors, 501), proof=UNBUILT_PROOF)
