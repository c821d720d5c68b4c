"""The list of everything that Amplitude can be asked: `operations.txt`, written from the facts and not from our routes.

`coverage.py` holds the list against the routes; `routes/unbuilt.py` answers whatever nobody else does.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias, cast

from msgspec import Struct

Level: TypeAlias = Literal["stateful", "derived", "static", "501"]
Host: TypeAlias = Literal["ingest", "rest", "profile"]
Shape: TypeAlias = tuple[str, str]
"""A method and a path whose parameters have lost their names, which are the caller's business and not the wire's."""

FROM_ANYWHERE: Final = (413, 429)
"""Too large and too often: statuses that any operation may answer (facts/amplitude-api.md 6)."""

_PARAMETER: Final = re.compile(r"<[^>]*>|\{[^}]*\}")


class Operation(Struct, frozen=True, kw_only=True):
    """One operation. `host` is the family of hosts that offers it; `proof` names the test that would turn red."""

    method: str
    path: str
    host: Host
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
    lines = files("fake_amplitude").joinpath("operations.txt").read_text("utf-8").splitlines()
    return tuple(_parse(line.split()) for line in lines if line.strip() and not line.startswith("#"))


def shape(method: str, path: str) -> Shape:
    """Give what a vendor's path and a Flask rule have in common."""
    return method, _PARAMETER.sub("{}", path)


def _parse(columns: list[str]) -> Operation:
    method, path, host, operation, level, success, errors, proof = columns
    return Operation(
        method=method,
        path=path,
        host=cast("Host", host),
        operation=operation,
        level=cast("Level", level),
        success=_statuses(success),
        errors=_statuses(errors),
        proof=proof,
    )


def _statuses(column: str) -> tuple[int, ...]:
    return () if column == "-" else tuple(int(status) for status in column.split(","))
