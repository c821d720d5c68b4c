"""The settings of the bridge's connection on a street, and the door at which it is met."""

from dataclasses import fields
from typing import Any, Final

from bridge import Connection
from simulator.errors import no_such
from simulator.hosts import BRIDGE_HOST

_FIELDS: Final = tuple(field.name for field in fields(Connection))


def connection_with(**settings: Any) -> Connection:
    """Make a connection; a setting that does not exist is refused with the nearest one that does."""
    for name in settings:
        if name not in _FIELDS:
            raise no_such("setting", name, _FIELDS, of=" of a bridge's connection")
    return Connection(**settings)


def changed(connection: Connection, **settings: Any) -> Connection:
    """Make the same connection with some settings changed."""
    return connection_with(**{name: getattr(connection, name) for name in _FIELDS} | settings)


def door_of(connection: Connection) -> str:
    """Say where a connection is met."""
    return f"https://{BRIDGE_HOST}/connections/{connection.name}"


def secret_of(connection: Connection) -> dict[str, str]:
    """Write the header with which one comes in."""
    return {"Authorization": f"Bearer {connection.secret}"}
