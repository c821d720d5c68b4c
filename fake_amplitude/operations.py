"""The list of everything that Amplitude can be asked: `operations.txt`, written from the facts and not from our routes.

A test holds the list against the routes; `routes/unbuilt.py` answers whatever nobody else does.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import Final, Literal, TypeAlias

import msgspec

Level: TypeAlias = Literal["stateful", "derived", "static", "501"]
Host: TypeAlias = Literal["ingest", "rest", "profile"]
Shape: TypeAlias = tuple[str, str]
"""A method and a path whose parameters have lost their names, which are the caller's business and not the wire's."""

FROM_ANYWHERE: Final = (413, 429)
"""Too large and too often: statuses that any operation may answer (facts/amplitude-api.md 6)."""

NONE: Final = "-"
_PARAMETER: Final = re.compile(r"<[^>]*>|\{[^}]*\}")


class Operation(msgspec.Struct, frozen=True):
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
def operations() -> tuple[Operation, ...]:
    """Give the list in its order, each operation at the level at which this fake has it."""
    lines = files("fake_amplitude").joinpath("operations.txt").read_text("utf-8").splitlines()
    return tuple(_row(line) for line in lines if line and not line.startswith("#"))


def shape(method: str, path: str) -> Shape:
    """Give what a vendor's path and a Flask rule have in common."""
    return method, _PARAMETER.sub("{}", path)


def _row(line: str) -> Operation:
    said = dict(zip(Operation.__struct_fields__, line.split(), strict=True))
    statuses = {name: said[name].replace(NONE, "").split(",") for name in ("success", "errors")}
    numbers = {name: [each for each in listed if each] for name, listed in statuses.items()}
    return msgspec.convert({**said, **numbers}, Operation, strict=False)
