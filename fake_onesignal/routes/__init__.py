"""The doors' index: every group of routes, registered once. A route is parse, do, render."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fake_onesignal.routes import identity, in_app, modelled, notifications, segments, subscriptions, users

if TYPE_CHECKING:
    from flask import Blueprint

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    users.routes,
    identity.routes,
    subscriptions.routes,
    segments.routes,
    modelled.routes,
    notifications.routes,
    in_app.routes,
)
