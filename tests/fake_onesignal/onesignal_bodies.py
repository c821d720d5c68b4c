"""The bodies and queries that work, by operation; ids of the town that they are sent in stand in braces."""

from __future__ import annotations

from typing import Any

ADA = {
    "identity": {"external_id": "ada"},
    "properties": {"tags": {"level": "1"}},
    "subscriptions": [
        {"type": "iOSPush", "token": "t"},
        {"type": "Email", "token": "a@b.test"},
        {"type": "SMS", "token": "+15550100199"},
    ],
}
FILTERS = [{"field": "tag", "key": "level", "relation": "=", "value": "1"}]
MESSAGE = {"included_segments": ["All"], "contents": {"en": "Hello"}, "name": "Hello"}
SUBSCRIPTION = {"subscription": {"type": "AndroidPush", "token": "u", "enabled": False}}
ONCE = "5a35dbd2-3e6c-4a1c-93b5-45ba6ee25f1d"
EVENT = {"name": "bought", "external_id": "ada", "idempotency_key": ONCE, "properties": {"a": 1}}
JOURNEY = {"name": "Welcome", "nodes": []}
VALID: dict[str, Any] = {
    "create_app": {"name": "Shop"},
    "update_app": {"name": "Shop"},
    "create_api_key": {"name": "Key"},
    "update_api_key": {"name": "Key"},
    "create_user": {**ADA, "properties": {"tags": {"level": "2"}}},
    "update_user": {"properties": {"tags": {"a": "1"}}, "deltas": {"session_count": 1, "purchases": []}},
    "create_alias": {"identity": {"crm": "7"}},
    "create_alias_by_subscription": {"identity": {"crm": "7"}},
    "create_subscription": SUBSCRIPTION,
    "update_subscription": SUBSCRIPTION,
    "update_subscription_by_token": SUBSCRIPTION,
    "transfer_subscription": {"identity": {"external_id": "bob"}},
    "create_segment": {"name": "Level 1", "filters": FILTERS},
    "update_segment": {"name": "Level 2", "filters": FILTERS, "description": ""},
    "create_notification": {**MESSAGE, "idempotency_key": ONCE},
    "estimate_notification_recipients": {"included_segments": ["All"]},
    "create_custom_events": {"events": [EVENT]},
    "start_live_activity": {
        **MESSAGE,
        "event": "start",
        "headings": {"en": "Hello"},
        "activity_id": "a",
        "event_attributes": {},
        "event_updates": {},
    },
    "update_live_activity": {**MESSAGE, "event": "update", "event_updates": {}},
    "begin_live_activity": {"push_token": "alive", "subscription_id": "{subscription_id}"},
    "create_template": {"name": "Hello", "contents": {"en": "Hello"}},
    "update_template": {"name": "Hello", "contents": {"en": "Hello"}},
    "create_journey": JOURNEY,
    "update_journey": {"name": "Welcome back"},
    "update_journey_node": {"duration_seconds": 7200},
    "duplicate_journey": {},
    "in_app_message_impression": {"player_id": "{subscription_id}"},
    "in_app_message_click": {"player_id": "{subscription_id}", "click_id": "yes"},
    "in_app_message_page": {"player_id": "{subscription_id}", "page_id": "p"},
    "copy_template_to_app": {"target_app_id": "{app_id}"},
    "measure_outcome": {"id": "bought", "subscription": {"id": "{subscription_id}", "type": "iOSPush"}},
    "get_notification_history": {"events": "sent", "email": "a@b.test"},
    "track_open": {"player_id": "{subscription_id}", "opened": True, "device_type": 0},
    "report_received": {"player_id": "{subscription_id}", "device_type": 0},
    "add_a_device": {"device_type": 0, "identifier": "t", "tags": {"a": 1}},
    "edit_device": {"tags": {"a": "1"}, "external_user_id": "bob"},
    "edit_tags": {"tags": {"a": "1"}},
    "on_focus": {"state": "ping", "active_time": 60},
    "on_purchase": {"purchases": [{"sku": "a", "amount": "1", "iso": "EUR"}]},
    "put_cohort": {"name": "Power users"},
    "change_cohort_members": {"add": ["ada"], "remove": ["bob"]},
}
MONTH = {"domain": "shop.test", "start": "2026-02-01T00:00:00Z", "end": "2026-03-01T00:00:00Z"}
QUERIES: dict[str, dict[str, str]] = {
    "get_email_provider_metrics": MONTH,
    "get_email_provider_metrics_timeseries": {**MONTH, "granularity": "daily"},
    "get_outcomes": {"outcome_names": "os__click.count"},
    "list_audit_logs": {"start_time": "2026-03-01T00:00:00Z", "end_time": "2026-03-03T00:00:00Z"},
}
