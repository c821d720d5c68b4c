"""Aliases of a user, found by another alias or by one of the user's subscriptions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from fake_onesignal import aliases, subscriptions
from fake_onesignal.routes import asked
from fake_onesignal.wire import people
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.users import render_identity

if TYPE_CHECKING:
    from fake_onesignal.records import User

routes = Blueprint("identity", __name__)


@routes.get("/apps/<app_id>/users/by/<label>/<value>/identity")
def view_identity(app_id: str, label: str, value: str) -> Response:
    """View all aliases of a user."""
    return identity(aliases.found(asked.app_of_user(app_id, label), label, value))


@routes.patch("/apps/<app_id>/users/by/<label>/<value>/identity")
def add_aliases(app_id: str, label: str, value: str) -> Response:
    """Add or replace aliases: 409 user-2 when one is another user's."""
    state = asked.app_of_user(app_id, label)
    body = people.parse(people.IDENTITY, asked.body())
    user = aliases.found(state, label, value)
    asked.world().limits.spend_write(state.app)
    return identity(aliases.claim(asked.world(), state, user, body.identity))


@routes.delete("/apps/<app_id>/users/by/<label>/<value>/identity/<label_to_delete>")
def delete_alias(app_id: str, label: str, value: str, label_to_delete: str) -> Response:
    """Take one alias away and answer the ones left."""
    state = asked.app_of_user(app_id, label)
    user = aliases.found(state, label, value)
    asked.world().limits.spend_write(state.app)
    return identity(aliases.drop(state, user, label_to_delete))


@routes.get("/apps/<app_id>/subscriptions/<subscription_id>/user/identity")
def view_identity_by_subscription(app_id: str, subscription_id: str) -> Response:
    """View all aliases of a subscription's user; SDKs never sign this either."""
    state = asked.app_of_any_device(app_id)
    return identity(state.users[subscriptions.found(state, subscription_id).onesignal_id])


@routes.patch("/apps/<app_id>/subscriptions/<subscription_id>/user/identity")
def add_aliases_by_subscription(app_id: str, subscription_id: str) -> Response:
    """Add or replace aliases of a subscription's user."""
    state = asked.app_of_person(app_id)
    body = people.parse(people.IDENTITY, asked.body())
    owner = state.users[subscriptions.found(state, subscription_id).onesignal_id]
    asked.world().limits.spend_write(state.app)
    return identity(aliases.claim(asked.world(), state, owner, body.identity))


def identity(user: User) -> Response:
    """Answer a user's aliases."""
    return answer({"identity": render_identity(user)})
