"""The JSON of apps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.errors import AppNameMissingError
from fake_onesignal.wire.segments import iso

if TYPE_CHECKING:
    from fake_onesignal.state import AppState

NAME_LENGTH_MAX: Final = 128


def parse_app_name(body: dict[str, Any]) -> str:
    """Read an app's name, which is what this fake keeps of an app's settings."""
    name = body.get("name")
    if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH_MAX:
        raise AppNameMissingError
    return name


def render_app(state: AppState) -> dict[str, Any]:
    """Render an app: `players` are all records, `messageable_players` the subscribed ones (5.2)."""
    app = state.app
    return {
        "id": app.id,
        "name": app.name,
        "players": len(state.subscriptions),
        "messageable_players": state.subscribed,
        "updated_at": iso(app.updated_at),
        "created_at": iso(app.created_at),
        "organization_id": app.organization_id,
    }
