"""The JSON of apps: what may be said of one, and what of it is shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.errors import AppNameMissingError, AppRefusedError, OrganizationUnknownError
from fake_onesignal.wire.segments import iso

if TYPE_CHECKING:
    from fake_onesignal.state import AppState

NAME_LENGTH_MAX: Final = 128
APNS_ENVS: Final = frozenset({"sandbox", "production"})
FLAG: Final = "additional_data_is_root_payload"
SHOWN: Final = (
    "gcm_key",
    "chrome_web_origin",
    "chrome_key",
    "chrome_web_default_notification_icon",
    "chrome_web_sub_domain",
    "apns_env",
    "apns_key_id",
    "apns_team_id",
    "apns_bundle_id",
    "apns_p8",
    "safari_site_origin",
    "safari_icon_256_256",
    "site_name",
)
UNSHOWN: Final = (
    "android_gcm_sender_id",
    "apns_p12",
    "apns_p12_password",
    "safari_apns_p12",
    "safari_apns_p12_password",
    FLAG,
)
"""What is kept of an app and never shown again: the client's schema calls it write-only (2.3)."""


def parse_new_app(body: dict[str, Any], organization_id: str) -> dict[str, Any]:
    """Read a new app: its name, and perhaps its platforms."""
    if "name" not in body:
        raise AppNameMissingError
    parsed = parse_app_changes(body, organization_id)
    parsed["platforms"] = {name: said for name, said in parsed["platforms"].items() if said is not None}
    return parsed


def parse_app_changes(body: dict[str, Any], organization_id: str) -> dict[str, Any]:
    """Read what shall change on an app. A platform's word that is null is taken back, one that is left out stays."""
    changed: dict[str, Any] = {"platforms": {name: _said(body, name) for name in (*SHOWN, *UNSHOWN) if name in body}}
    if body.get("organization_id") not in (None, organization_id):
        raise OrganizationUnknownError
    if "name" in body:
        name = body["name"]
        if not isinstance(name, str) or not 0 < len(name) <= NAME_LENGTH_MAX:
            raise AppNameMissingError
        changed["name"] = name
    return changed


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
        **{name: app.platforms[name] for name in SHOWN if name in app.platforms},
    }


def _said(body: dict[str, Any], name: str) -> str | bool | None:
    said = body[name]
    if said is not None and not isinstance(said, bool if name == FLAG else str):
        raise AppRefusedError(name)
    if name == "apns_env" and said is not None and said not in APNS_ENVS:
        raise AppRefusedError(name)
    return said
