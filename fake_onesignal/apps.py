"""What the dashboard does with apps: making one with its key and its default segments, changing its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_onesignal import segments
from fake_onesignal.records import App, replace
from fake_onesignal.state import AppState

if TYPE_CHECKING:
    from fake_onesignal.plans import PlanName
    from fake_onesignal.state import World


def create_app(world: World, name: str, *, plan: PlanName = "growth") -> App:
    """Make a new app with a REST API key of its own."""
    now = world.unix_now()
    app = App(
        id=world.ids(),
        name=name,
        organization_id=world.organization.id,
        rest_api_key=world.new_key("os_v2_app_fake"),
        plan=plan,
        created_at=now,
        updated_at=now,
    )
    world.apps[app.id] = AppState(app)
    segments.pre_create(world, world.apps[app.id])
    return app


def rename(world: World, state: AppState, name: str) -> App:
    """Give an app another name."""
    state.app = replace(state.app, name=name, updated_at=world.unix_now())
    return state.app


def set_plan(state: AppState, plan: PlanName) -> App:
    """Move an app to another plan; what it has stays, only what it may do changes."""
    state.app = replace(state.app, plan=plan)
    return state.app
