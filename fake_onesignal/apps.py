"""What the dashboard does with apps: making one with its key and its default segments, changing its plan."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fake_onesignal import segments
from fake_onesignal.records import App, replace
from fake_onesignal.state import AppState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_onesignal.plans import PlanName
    from fake_onesignal.state import World


def create_app(
    world: World, name: str, *, plan: PlanName = "growth", platforms: Mapping[str, str | bool] | None = None
) -> App:
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
        platforms=platforms or {},
    )
    world.apps[app.id] = AppState(app)
    segments.pre_create(world, world.apps[app.id])
    return app


def update(world: World, state: AppState, changed: Mapping[str, Any]) -> App:
    """Give an app another name, or change what is said of some of its platforms; None takes a word back."""
    platforms = {**state.app.platforms, **changed.get("platforms", {})}
    known = {name: said for name, said in platforms.items() if said is not None}
    changed = {**changed, "platforms": known, "updated_at": world.unix_now()}
    state.app = replace(state.app, **changed)
    return state.app


def set_plan(state: AppState, plan: PlanName) -> App:
    """Move an app to another plan; what it has stays, only what it may do changes."""
    state.app = replace(state.app, plan=plan)
    return state.app
