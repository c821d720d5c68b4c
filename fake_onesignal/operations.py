"""The list of everything that OneSignal can be asked: `operations.txt`, written from the facts and not from our routes.

`coverage.py` holds the list against the routes; `routes/unbuilt.py` answers whatever nobody else does.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias, cast

from msgspec import Struct

Level: TypeAlias = Literal["stateful", "derived", "static", "501"]
Shape: TypeAlias = tuple[str, str]
"""A method and a path whose parameters have lost their names, which are the caller's business and not the wire's."""

FROM_ANYWHERE: Final = (413, 429, 503)
"""Too large, too often, out of order: statuses that any operation may answer (facts/onesignal-api.md 8.1, 8.2)."""

_PARAMETER: Final = re.compile(r"<[^>]*>|\{[^}]*\}")


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `path` is the vendor's, at `/` and at `/api/v1`; `proof` names the test that would turn red."""

    method: str
    path: str
    operation: str
    level: Level
    success: tuple[int, ...]
    errors: tuple[int, ...]
    proof: str

    @property
    def statuses(self) -> tuple[int, ...]:
        """Every status that it may answer."""
        return (*self.success, *self.errors, *FROM_ANYWHERE)


@cache
def declared() -> tuple[Operation, ...]:
    """Give the list in its order, each operation at the level at which it is meant to be built."""
    lines = files("fake_onesignal").joinpath("operations.txt").read_text("utf-8").splitlines()
    return tuple(_parse(line.split()) for line in lines if line.strip() and not line.startswith("#"))


def shape(method: str, path: str) -> Shape:
    """Give what a vendor's path and a Flask rule have in common."""
    return method, _PARAMETER.sub("{}", path)


def _parse(columns: list[str]) -> Operation:
    method, path, operation, level, success, errors, proof = columns
    return Operation(
        method=method,
        path=path,
        operation=operation,
        level=cast("Level", level),
        success=_statuses(success),
        errors=_statuses(errors),
        proof=proof,
    )


def _statuses(column: str) -> tuple[int, ...]:
    return () if column == "-" else tuple(int(status) for status in column.split(","))
