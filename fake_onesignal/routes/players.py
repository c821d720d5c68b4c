"""The 2022 API's players; devices call most of it without a key (facts/onesignal-api.md 3)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from flask import Blueprint, Response, request

from fake_onesignal import players, subscriptions
from fake_onesignal.errors import AppIdMissingError
from fake_onesignal.people_errors import PlayersNotListableError
from fake_onesignal.routes import asked
from fake_onesignal.wire import players as wire
from fake_onesignal.wire.fields import parse_app_id
from fake_onesignal.wire.json import answer

if TYPE_CHECKING:
    from fake_onesignal.state import AppState

routes = Blueprint("players", __name__)
PAGE_MAX = 300
LISTABLE_USERS_MAX = 80_000


@routes.post("/players")
def add_player() -> Response:
    """Make a player, or change the one with the same identifier."""
    body = wire.parse(wire.PLAYER, asked.body())
    state = app_named(body.app_id)
    asked.world().limits.spend_write(state.app)
    return answer({"success": True, "id": players.add(asked.world(), state, wire.player_update(body)).id})


@routes.get("/players")
def list_players() -> Response:
    """List players by first session."""
    state = asked.app_with_key(parse_app_id(request.args.get("app_id")))
    asked.world().limits.spend_view(state.app, "users")
    if len(state.users) > LISTABLE_USERS_MAX:
        raise PlayersNotListableError
    offset, limit = asked.number("offset", default=0), asked.number("limit", default=PAGE_MAX, maximum=PAGE_MAX)
    page = islice(state.subscriptions.values(), offset, offset + limit)
    listed = [wire.render_player(state.users[one.onesignal_id], one) for one in page]
    return answer({"total_count": len(state.subscriptions), "offset": offset, "limit": limit, "players": listed})


@routes.get("/players/<player_id>")
def view_player(player_id: str) -> Response:
    """View one player."""
    state = app_named(request.args.get("app_id"))
    subscription = players.found(state, player_id)
    return answer(wire.render_player(state.users[subscription.onesignal_id], subscription))


@routes.put("/players/<player_id>")
def update_player(player_id: str) -> Response:
    """Change a player, its tags or whose it is."""
    body = wire.parse(wire.PLAYER, asked.body())
    state = app_named(body.app_id)
    subscription = players.found(state, player_id)
    said = wire.player_update(body)
    asked.world().limits.spend_update(state.app, subscription.id)
    players.change(asked.world(), state, subscription, said)
    return answer({"success": True})


@routes.delete("/players/<player_id>")
def delete_player(player_id: str) -> Response:
    """Delete a player; the success is a text where the profile says so."""
    world, state = asked.world(), asked.app_with_key(parse_app_id(request.args.get("app_id")))
    subscription = players.found(state, player_id)
    world.limits.spend_write(state.app)
    subscriptions.delete(state, subscription)
    return answer({"success": "true" if world.profile.player_deleted_says_text else True})


@routes.put("/apps/<app_id>/users/<external_user_id>")
def tag_user(app_id: str, external_user_id: str) -> Response:
    """Change the tags of a user by external id."""
    state = asked.app_with_key_or_sdk(app_id)
    body = wire.parse(wire.TAGS, asked.body())
    user = players.user_found(state, external_user_id)
    asked.world().limits.spend_update(state.app, user.onesignal_id)
    players.tag_user(state, user, body.tags)
    return answer({"success": True})


@routes.post("/players/<player_id>/on_session")
def on_session(player_id: str) -> Response:
    """Note that a session began, and what the device says of itself on that occasion."""
    body = wire.parse(wire.PLAYER, asked.body())
    state = app_of_player(player_id, body.app_id)
    players.begin_session(asked.world(), state, players.found(state, player_id), wire.player_update(body))
    return answer({"success": True})


@routes.post("/players/<player_id>/on_focus")
@routes.post("/players/<player_id>/on_purchase")
def on_activity(player_id: str) -> Response:
    """Note time spent or purchases made."""
    body = wire.parse(wire.ACTIVITY, asked.body())
    state = app_of_player(player_id, body.app_id)
    subscription = players.found(state, player_id)
    players.record_activity(asked.world(), state, subscription, time_s=body.active_time or 0, purchases=body.bought())
    return answer({"success": True})


def app_named(app_id: str | None) -> AppState:
    """Open the app that a device names, without a key; 400 when it names none."""
    if not app_id:
        raise AppIdMissingError
    return asked.app_with_key_or_sdk(app_id)


def app_of_player(player_id: str, app_id: str | None) -> AppState:
    """Open the app that a device names, or the one that has the device: reports of use need not name any (3)."""
    return app_named(app_id or players.app_id_of(asked.world(), player_id))
