"""Subscriptions: create for a user, change by id or by token, give to another user, delete."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Blueprint, Response

from fake_onesignal import subscriptions
from fake_onesignal.errors import AccessDeniedError
from fake_onesignal.people_errors import OwnerInvalidError, SubscriptionForbiddenError, SubscriptionNotFoundError
from fake_onesignal.routes import asked
from fake_onesignal.wire import people
from fake_onesignal.wire.json import answer
from fake_onesignal.wire.users import read_your_write, render_identity, render_subscription

if TYPE_CHECKING:
    from collections.abc import Callable

    from fake_onesignal.state import AppState

routes = Blueprint("subscriptions", __name__)


@routes.post("/apps/<app_id>/users/by/<label>/<value>/subscriptions")
def create_subscription(app_id: str, label: str, value: str) -> Response:
    """Give a user a subscription: 201 new, 202 when it existed, here or with another user."""
    world, state = asked.world(), asked.app_of_user(app_id, label)
    fields = people.parse(people.SUBSCRIPTION, asked.body()).subscription
    user = state.user_by(label, value)
    if user is None:
        raise SubscriptionNotFoundError
    existed = subscriptions.meant(state, fields) is not None
    world.limits.spend_write(state.app)
    subscription = subscriptions.add(world, state, user, fields)
    shown: dict[str, object] = {}
    profile = world.profile
    if existed or profile.subscription_created_is_shown:
        shown = {"subscription": render_subscription(state.app.id, subscription)}
    return answer(written(shown), 202 if existed else profile.subscription_created)


@routes.patch("/apps/<app_id>/subscriptions/<subscription_id>")
def update_subscription(app_id: str, subscription_id: str) -> Response:
    """Change a subscription; the answer is an empty object."""
    world, state = asked.world(), asked.app_of_device(app_id)
    fields = people.parse(people.SUBSCRIPTION, asked.body()).subscription
    subscription = subscriptions.found(state, subscription_id)
    world.limits.spend_update(state.app, subscription.id)
    subscriptions.change(world, state, subscription, fields)
    return answer(written({}))


@routes.patch("/apps/<app_id>/subscriptions_by_token/<type_>/<token>")
def update_subscription_by_token(app_id: str, type_: str, token: str) -> Response:
    """Change everything but token and type of the subscription that holds a token."""
    world, state = asked.world(), asked.app_with_user_api_key(app_id)
    fields = people.parse(people.SUBSCRIPTION, asked.body()).subscription
    subscription = state.subscription_by_token(subscriptions.canonical_type(type_), token)
    if subscription is None:
        raise SubscriptionNotFoundError
    world.limits.spend_update(state.app, subscription.id)
    fields.token = None
    subscriptions.change(world, state, subscription, fields)
    return answer({}, 202)


@routes.patch("/apps/<app_id>/subscriptions/<subscription_id>/owner")
def transfer_subscription(app_id: str, subscription_id: str) -> Response:
    """Give a subscription to the user that exactly one alias names."""
    world, state = asked.world(), _allowed(asked.app_of_person, app_id)
    identity = people.parse(people.IDENTITY, asked.body()).identity
    subscription = subscriptions.found(state, subscription_id)
    if len(identity) != 1:
        raise OwnerInvalidError
    ((label, value),) = identity.items()
    user = state.user_by(label, value)
    if user is None:
        raise SubscriptionNotFoundError
    world.limits.spend_write(state.app)
    subscriptions.move(world, state, subscription, user)
    return answer({"identity": render_identity(user)})


@routes.delete("/apps/<app_id>/subscriptions/<subscription_id>")
def delete_subscription(app_id: str, subscription_id: str) -> Response:
    """Delete a subscription; what an SDK may have signed the call with does not matter."""
    world, state = asked.world(), _allowed(asked.app_of_any_device, app_id)
    subscription = subscriptions.found(state, subscription_id)
    world.limits.spend_write(state.app)
    subscriptions.delete(state, subscription)
    return answer({}, 202)


def _allowed(opened: Callable[[str], AppState], app_id: str) -> AppState:
    """Open the app for what a wrong key is forbidden in so many words (facts/onesignal-api.md 8.3)."""
    try:
        return opened(app_id)
    except AccessDeniedError as error:
        raise SubscriptionForbiddenError from error


def written(shown: dict[str, object]) -> dict[str, object]:
    """Add what lets an SDK read its own write."""
    return {**shown, **read_your_write(asked.world().unix_now())} if asked.is_device() else shown
