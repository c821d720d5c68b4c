"""The doors' index: every group of routes, registered once. A route is parse, do, render."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fake_onesignal.routes import (
    activity,
    apps,
    audit_logs,
    custom_events,
    email_analytics,
    exports,
    identity,
    in_app,
    journeys,
    keys,
    live_activities,
    modelled,
    notifications,
    outcomes,
    players,
    sdk,
    segments,
    subscriptions,
    templates,
    unbuilt,
    unsubscribe,
    users,
)

if TYPE_CHECKING:
    from flask import Blueprint

BLUEPRINTS: Final[tuple[Blueprint, ...]] = (
    apps.routes,
    users.routes,
    identity.routes,
    subscriptions.routes,
    segments.routes,
    players.routes,
    exports.routes,
    modelled.routes,
    sdk.routes,
    notifications.routes,
    in_app.routes,
    activity.routes,
    custom_events.routes,
    live_activities.routes,
    outcomes.routes,
    unsubscribe.routes,
    keys.routes,
    templates.routes,
    journeys.routes,
    email_analytics.routes,
    audit_logs.routes,
    unbuilt.routes,
)
