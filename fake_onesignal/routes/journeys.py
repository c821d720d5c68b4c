"""Journeys: list, create, view, change, delete, duplicate, and their statistics (facts/onesignal-api.md 2.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from fake_onesignal import journeys
from fake_onesignal.audit import Target
from fake_onesignal.journey_errors import JourneyRefusedError
from fake_onesignal.routes import asked, audit_logs
from fake_onesignal.wire.cursors import parse_cursor, render_cursor
from fake_onesignal.wire.journeys import (
    parse_changes,
    parse_definition,
    parse_node_changes,
    parse_overrides,
    render_journey,
    render_statistics,
    render_summary,
)
from fake_onesignal.wire.json import answer

if TYPE_CHECKING:
    from fake_onesignal.journeys import Journey
    from fake_onesignal.state import AppState
    from fake_onesignal.wire.journeys import Changes

routes = Blueprint("journeys", __name__)


@routes.get("/apps/<app_id>/journeys")
def list_journeys(app_id: str) -> Response:
    """List journeys, the newest first."""
    state = asked.app_with_key(app_id)
    limit = asked.number("limit", default=journeys.PAGE_MAX)
    if not 1 <= limit <= journeys.PAGE_MAX:
        raise JourneyRefusedError(f"Invalid limit, must be within 1 to {journeys.PAGE_MAX}")
    page, oldest = journeys.browse(asked.world(), state, before=cursor(), limit=limit)
    more = {} if oldest is None else {"next_cursor": render_cursor(oldest)}
    return answer({"journeys": [render_summary(one) for one in page], "has_more": bool(more), **more})


@routes.post("/apps/<app_id>/journeys")
def create_journey(app_id: str) -> Response:
    """Make a draft."""
    state, world = asked.app_with_key(app_id), asked.world()
    journey = journeys.create(world, state, parse_definition(asked.json_object(), world.now()))
    return noted("created", state, journey, status=201)


@routes.get("/apps/<app_id>/journeys/<journey_id>")
def view_journey(app_id: str, journey_id: str) -> Response:
    """View a journey with its nodes."""
    return answer(render_journey(found(asked.app_with_key(app_id), journey_id)))


@routes.patch("/apps/<app_id>/journeys/<journey_id>")
def update_journey(app_id: str, journey_id: str) -> Response:
    """Change a journey, its nodes, its state."""
    state = asked.app_with_key(app_id)
    journey = found(state, journey_id)
    return updated(state, journey, parse_changes(journey, asked.json_object(), asked.world().now()))


@routes.patch("/apps/<app_id>/journeys/<journey_id>/nodes/<node_id>")
def update_journey_node(app_id: str, journey_id: str, node_id: str) -> Response:
    """Change one node and leave the others alone."""
    state = asked.app_with_key(app_id)
    journey = found(state, journey_id)
    sent, now = asked.json_object(), asked.world().now()
    return updated(state, journey, parse_node_changes(journey, node_id.lower(), sent, now))


@routes.delete("/apps/<app_id>/journeys/<journey_id>")
def delete_journey(app_id: str, journey_id: str) -> Response:
    """Delete a journey for good."""
    state = asked.app_with_key(app_id)
    journey = found(state, journey_id)
    journeys.delete(state, journey)
    noted("deleted", state, journey)
    return answer({"success": True})


@routes.post("/apps/<app_id>/journeys/<journey_id>/duplicate")
def duplicate_journey(app_id: str, journey_id: str) -> Response:
    """Make a draft like another journey."""
    state, world = asked.app_with_key(app_id), asked.world()
    like = parse_overrides(found(state, journey_id).definition, asked.json_object(), world.now())
    journey = journeys.duplicate(world, state, like)
    return noted("created", state, journey, status=201)


@routes.get("/apps/<app_id>/journeys/<journey_id>/stats")
def view_journey_stats(app_id: str, journey_id: str) -> Response:
    """Count who went where."""
    return answer(render_statistics(found(asked.app_with_key(app_id), journey_id)))


def cursor() -> str | None:
    """Give the id of the last journey that the caller has seen."""
    sent = request.args.get("cursor")
    try:
        return parse_cursor(sent, str) if sent else None
    except ValueError as error:
        raise JourneyRefusedError("Invalid cursor") from error


def found(state: AppState, journey_id: str) -> Journey:
    """Find the journey that the path names."""
    return journeys.found(asked.world(), state, journey_id.lower())


def updated(state: AppState, journey: Journey, changes: Changes) -> Response:
    """Make the changes and show what came of them."""
    return noted("updated", state, journeys.update(asked.world(), state, journey, **changes._asdict()))


def noted(what: str, state: AppState, journey: Journey, *, status: int = 200) -> Response:
    """Write the change of a journey into the audit log and show the journey."""
    audit_logs.note(f"journey.{what}", state, Target("journey", journey.id, journey.definition.name))
    return answer(render_journey(journey), status)
