"""The JSON of API keys; the secret is rendered when it is new and never again."""

from __future__ import annotations

from ipaddress import ip_network
from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.key_errors import KeyRefusedError
from fake_onesignal.wire.segments import iso

if TYPE_CHECKING:
    from fake_onesignal.records import ApiKey

MODES: Final = ("disabled", "explicit")
NAME_LENGTH_MAX: Final = 128
ADDRESSES_MAX: Final = 100


def parse_key_settings(body: dict[str, Any]) -> dict[str, Any]:
    """Read what was said of name, mode and addresses; what was not said is not in the result."""
    settings: dict[str, Any] = {}
    if body.get("name") is not None:
        settings["name"] = _name(body["name"])
    if body.get("ip_allowlist_mode") is not None:
        settings["ip_allowlist_mode"] = _mode(body["ip_allowlist_mode"])
    if body.get("ip_allowlist") is not None:
        settings["ip_allowlist"] = _networks(body["ip_allowlist"])
    return settings


def render_key(key: ApiKey) -> dict[str, Any]:
    """Render a key as lists show it."""
    return {
        "token_id": key.id,
        "updated_at": iso(key.updated_at),
        "created_at": iso(key.created_at),
        "name": key.name,
        "ip_allowlist_mode": key.ip_allowlist_mode,
        "ip_allowlist": key.ip_allowlist,
    }


def render_new_key(key: ApiKey) -> dict[str, Any]:
    """Render a key whose secret is new."""
    return {"token_id": key.id, "formatted_token": key.secret}


def _name(sent: object) -> str:
    if not isinstance(sent, str) or len(sent) > NAME_LENGTH_MAX:
        raise KeyRefusedError
    return sent


def _mode(sent: object) -> str:
    if sent not in MODES:
        raise KeyRefusedError
    return str(sent)


def _networks(sent: object) -> tuple[str, ...]:
    """Read CIDR blocks, kept as they were written."""
    if not isinstance(sent, list) or len(sent) > ADDRESSES_MAX or not all(isinstance(block, str) for block in sent):
        raise KeyRefusedError
    for block in sent:
        try:
            ip_network(block, strict=False)
        except ValueError as error:
            raise KeyRefusedError from error
    return tuple(sent)
