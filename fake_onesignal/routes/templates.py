"""Templates: list, create, view, change, delete, copy to another app (facts/onesignal-api.md 2.2, 8.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from flask import Blueprint, Response, request

from fake_onesignal import auth, templates
from fake_onesignal.audit import Target
from fake_onesignal.routes import asked, audit_logs
from fake_onesignal.template_errors import (
    TargetAppMissingError,
    TemplateBodyMissingError,
    TemplateListRefusedError,
    TemplateNotFoundError,
)
from fake_onesignal.wire.fields import parse_app_id
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.templates import parse_template_body, render_template, settle_template

if TYPE_CHECKING:
    from fake_onesignal.message_kinds import Channel
    from fake_onesignal.state import AppState
    from fake_onesignal.templates import Template

routes = Blueprint("templates", __name__)
CHANNELS: Final[dict[str, Channel | None]] = {"": None, "push": "push", "email": "email", "sms": "sms"}


@routes.get("/templates")
def list_templates() -> Response:
    """List templates in the order in which they were made."""
    state = app_of_query()
    offset, limit = asked.number("offset", default=0), asked.number("limit", default=templates.PAGE_MAX)
    if not 1 <= limit <= templates.PAGE_MAX:
        raise TemplateListRefusedError(f"Invalid limit, must be within 1 to {templates.PAGE_MAX}")
    channel = request.args.get("channel", "")
    if channel not in CHANNELS:
        raise TemplateListRefusedError("Invalid channel")
    asked.world().limits.spend_view(state.app, "templates")
    page = templates.browse(state, CHANNELS[channel])[offset : offset + limit]
    return answer({"templates": [render_template(template) for template in page]})


@routes.post("/templates")
def create_template() -> Response:
    """Make a template."""
    sent = asked.json_object()
    if not sent:
        raise TemplateBodyMissingError
    state = asked.app_with_key(parse_app_id(sent.get("app_id")))
    template = templates.create(asked.world(), state, **settle_template(parse_template_body(sent)))
    note("created", state, template)
    return answer(render_template(template))


@routes.get("/templates/<template_id>")
def view_template(template_id: str) -> Response:
    """View a template."""
    state = app_of_query()
    asked.world().limits.spend_view(state.app, "templates")
    return answer(render_template(templates.found(state, template_id.lower())))


@routes.patch("/templates/<template_id>")
def update_template(template_id: str) -> Response:
    """Change a template."""
    state = app_of_query()
    template = templates.found(state, template_id.lower())
    changed = settle_template(parse_template_body(asked.json_object()), template)
    template = templates.update(asked.world(), state, template, changed)
    note("updated", state, template)
    return answer(render_template(template))


@routes.delete("/templates/<template_id>")
def delete_template(template_id: str) -> Response:
    """Delete a template."""
    state = app_of_query()
    template = templates.found(state, template_id.lower())
    templates.delete(state, template)
    note("deleted", state, template)
    return answer({"success": True})


@routes.post("/templates/<template_id>/copy_to_app")
def copy_template(template_id: str) -> Response:
    """Copy a template to another app; this needs the organization's key, which opens both."""
    world = asked.world()
    auth.open_organization(world, asked.authorization())
    source = world.apps.get(parse_app_id(request.args.get("app_id")))
    if source is None:
        raise TemplateNotFoundError
    template = templates.found(source, template_id.lower())
    target = world.apps.get(auth.canonical_uuid(str(asked.json_object().get("target_app_id"))))
    if target is None:
        raise TargetAppMissingError
    copy = templates.copy(world, template, target)
    note("created", target, copy)
    return answer(render_template(copy))


def app_of_query() -> AppState:
    """Open the app that the query names."""
    return asked.app_with_key(parse_app_id(request.args.get("app_id")))


def note(what: str, state: AppState, template: Template) -> None:
    """Write the change of a template into the audit log."""
    audit_logs.note(f"template.{what}", state, Target("template", template.id, template.name))
