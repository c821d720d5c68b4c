"""What the service has and this fake does not yet: each answers 501 and says so (facts/onesignal-api.md 2.2).

To build one: write its file in `routes/` as parse, do, render, list its blueprint in `routes/__init__.py`, and strike
it here.
"""

from __future__ import annotations

from functools import partial
from typing import Final, NoReturn

from flask import Blueprint

from fake_onesignal.errors import NotBuiltError

routes = Blueprint("unbuilt", __name__)

UNBUILT: Final = (
    ("POST", "/apps/<app_id>/activities/activity/<activity_type>", "start_live_activity"),
    ("POST", "/apps/<app_id>/live_activities/<activity_id>/notifications", "update_live_activity"),
    ("GET", "/apps/<app_id>/auth/tokens", "view_api_keys"),
    ("POST", "/apps/<app_id>/auth/tokens", "create_api_key"),
    ("DELETE", "/apps/<app_id>/auth/tokens/<token_id>", "delete_api_key"),
    ("PATCH", "/apps/<app_id>/auth/tokens/<token_id>", "update_api_key"),
    ("POST", "/apps/<app_id>/auth/tokens/<token_id>/rotate", "rotate_api_key"),
    ("POST", "/apps/<app_id>/custom_events", "create_custom_events"),
    ("GET", "/apps/<app_id>/email_analytics/delivery_metrics", "get_email_reputation"),
    ("GET", "/apps/<app_id>/email_analytics/provider_metrics", "get_email_provider_metrics"),
    ("GET", "/apps/<app_id>/email_analytics/provider_metrics_timeseries", "get_email_provider_metrics_timeseries"),
    ("GET", "/apps/<app_id>/journeys", "view_journeys"),
    ("POST", "/apps/<app_id>/journeys", "create_journey"),
    ("GET", "/apps/<app_id>/journeys/<journey_id>", "view_journey"),
    ("PATCH", "/apps/<app_id>/journeys/<journey_id>", "update_journey"),
    ("DELETE", "/apps/<app_id>/journeys/<journey_id>", "delete_journey"),
    ("POST", "/apps/<app_id>/journeys/<journey_id>/duplicate", "duplicate_journey"),
    ("PATCH", "/apps/<app_id>/journeys/<journey_id>/nodes/<node_id>", "update_journey_node"),
    ("GET", "/apps/<app_id>/journeys/<journey_id>/stats", "view_journey_stats"),
    ("POST", "/apps/<app_id>/notifications/<notification_id>/unsubscribe", "unsubscribe_email_with_token"),
    ("GET", "/apps/<app_id>/outcomes", "get_outcomes"),
    ("POST", "/notifications/<notification_id>/history", "get_notification_history"),
    ("GET", "/organizations/<organization_id>/audit_logs", "list_audit_logs"),
    ("GET", "/templates", "view_templates"),
    ("POST", "/templates", "create_template"),
    ("GET", "/templates/<template_id>", "view_template"),
    ("PATCH", "/templates/<template_id>", "update_template"),
    ("DELETE", "/templates/<template_id>", "delete_template"),
    ("POST", "/templates/<template_id>/copy_to_app", "copy_template_to_app"),
)


def refuse(operation: str, **_: str) -> NoReturn:
    """Say that the operation is not built."""
    raise NotBuiltError(operation)


for method, path, operation in UNBUILT:
    routes.add_url_rule(path, operation, partial(refuse, operation), methods=[method])
