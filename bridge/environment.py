"""Lets the environment override the settings file: `BRIDGE_OUTBOX_MAXIMUM=5`, `BRIDGE_CONNECTIONS__SHOP__SECRET=...`.

Two underscores go one table deeper, and may follow the prefix, too; a connection is meant by its name, in capitals and
with `_` for whatever is not a letter or a digit. What is no text is written as in the file: `["message.push.sent"]`.
"""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

from bridge.errors import SettingsError
from bridge.setting_names import is_text

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "BRIDGE_"
_NOT_SETTINGS = frozenset({"BRIDGE_CONFIG"})


def override(table: dict[str, object], environ: Mapping[str, str]) -> None:
    """Put the environment's values into the table; raises SettingsError for a connection that is not there."""
    for name in sorted(environ):
        if name.startswith(PREFIX) and name not in _NOT_SETTINGS:
            *inner, key = name.removeprefix(PREFIX).removeprefix("_").lower().split("__")
            _table_at(table, inner, name)[key] = _value(environ[name], as_text=is_text(_kind_of_table(inner), key))


def _kind_of_table(path: list[str]) -> str:
    """Answer under which key the file has tables of this kind."""
    inside = path[2:] or path[:1] if path[:1] == ["connections"] else path
    return "".join(inside[-1:])


def _table_at(table: dict[str, object], path: list[str], name: str) -> dict[str, object]:
    if path[:1] == ["connections"]:
        table, path = _connection(table, "".join(path[1:2]), name), path[2:]
    for step in path:
        inner = table.setdefault(step, {})
        if not isinstance(inner, dict):
            raise SettingsError(f"{name}: {step!r} is no table")
        table = inner
    return table


def _connection(table: dict[str, object], wanted: str, name: str) -> dict[str, object]:
    connections = table.get("connections")
    listed = [each for each in connections if isinstance(each, dict)] if isinstance(connections, list) else []
    meant = [connection for connection in listed if _plain(str(connection.get("name"))) == wanted]
    if len(meant) == 1:
        return meant[0]
    if meant:
        raise SettingsError(f"{name}: {len(meant)} connections are {wanted.upper()!r} here")
    known = ", ".join(_plain(str(connection.get("name"))).upper() for connection in listed)
    raise SettingsError(f"{name}: there is no connection {wanted.upper()!r}, only {known or 'none at all'}")


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", name.lower()).strip("_")


def _value(text: str, *, as_text: bool) -> object:
    """Read a value as the file would have it; a text needs no quotes, whatever it looks like."""
    try:
        value = tomllib.loads(f"value = {text}")["value"]
    except tomllib.TOMLDecodeError:
        return text
    return text if as_text and not isinstance(value, str) else value
