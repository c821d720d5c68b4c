"""The audit log: read it, and write into it from the routes that change something."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from fake_onesignal import audit, auth
from fake_onesignal.audit_errors import OrganizationNotFoundError
from fake_onesignal.routes import asked
from fake_onesignal.wire.audit import parse_audit_query, render_audit_page
from fake_onesignal.wire.json import answer

if TYPE_CHECKING:
    from fake_onesignal.state import AppState

routes = Blueprint("audit_logs", __name__)


@routes.get("/organizations/<organization_id>/audit_logs")
def list_audit_logs(organization_id: str) -> Response:
    """List what was changed over the API, the oldest first."""
    world = asked.world()
    auth.open_organization(world, asked.authorization())
    if auth.canonical_uuid(organization_id) != world.organization.id:
        raise OrganizationNotFoundError
    query, after, limit = parse_audit_query(request.args, world.now())
    events, next_after = audit.read(world, query, after=after, limit=limit)
    return answer(render_audit_page(events, query, next_after))


def note(action: str, state: AppState, target: audit.Target) -> None:
    """Write into the log what the request being answered has changed, and with which key."""
    world, authorization = asked.world(), asked.authorization()
    key = next((key for key in state.keys.values() if auth.shows_key(authorization, key.secret)), None)
    if key is not None:
        actor = (key.id, key.name)
    elif auth.shows_key(authorization, world.organization.api_key):
        actor = (world.organization.id, "Organization API key")
    else:
        actor = (state.app.id, "App API key")
    audit.write(
        world,
        action,
        app_id=state.app.id,
        actor=audit.Actor(*actor, request.remote_addr or "", request.user_agent.string),
        target=target,
    )
