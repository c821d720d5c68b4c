"""Lets the environment override the settings file: `BRIDGE_OUTBOX_MAXIMUM=5`, `BRIDGE_CONNECTIONS__SHOP__SECRET=...`.

Two underscores go one table deeper; a connection is meant by its name, in capitals and with `_` for whatever is not a
letter or a digit. A value is read as TOML where it is TOML, and else as text.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from bridge.errors import SettingsError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "BRIDGE_"
_NOT_SETTINGS = frozenset({"BRIDGE_CONFIG"})


def override(table: dict[str, object], environ: Mapping[str, str]) -> None:
    """Put the environment's values into the table; raises SettingsError for a connection that is not there."""
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in _NOT_SETTINGS:
            *inner, key = name.removeprefix(PREFIX).split("__")
            _table_at(table, inner, name)[key.lower()] = _value(environ[name])


def _table_at(table: dict[str, object], path: list[str], name: str) -> dict[str, object]:
    for position, step in enumerate(path):
        if position == 1 and path[0] == "CONNECTIONS":
            continue
        if position == 0 and step == "CONNECTIONS":
            table = _connection(table, path[1] if len(path) > 1 else "", name)
            continue
        inner = table.setdefault(step.lower(), {})
        if not isinstance(inner, dict):
            raise SettingsError(f"{name}: {step.lower()!r} is no table")
        table = inner
    return table


def _connection(table: dict[str, object], wanted: str, name: str) -> dict[str, object]:
    connections = table.get("connections")
    listed = [each for each in connections if isinstance(each, dict)] if isinstance(connections, list) else []
    for connection in listed:
        if _shouted(str(connection.get("name"))) == wanted:
            return connection
    known = ", ".join(_shouted(str(connection.get("name"))) for connection in listed)
    raise SettingsError(f"{name}: there is no connection {wanted!r}, only {known or 'none at all'}")


def _shouted(name: str) -> str:
    return re.sub(r"[^A-Z0-9]+", "_", name.upper())


def _value(text: str) -> object:
    try:
        return tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
