"""What people do in OneSignal's browser pages: every verb, and what each of its parameters may be."""

from collections.abc import Mapping
from typing import Any, Final, Literal

from fake_onesignal import FakeOneSignal
from simulator.web.desk import Desk

_Plan = Literal["free", "growth", "professional", "enterprise"]
_Names = tuple[str, ...]
_STREAM: Final[Mapping[str, Any]] = {
    "url": str,
    "headers": dict[str, str],
    "kinds": _Names | None,
    "body_template": str,
    "method": Literal["POST", "PUT", "PATCH", "GET", "DELETE"],
    "message_ids": _Names | None,
    "template_ids": _Names | None,
    "kind_names": Literal["present", "older"],
}
_AT_A_DEVICE: Final[Mapping[str, Any]] = {"notification_id": str, "subscription_id": str}
_OF_APP: Final[Mapping[str, Any]] = {"app_id": str}

VERBS: Final[Mapping[str, Mapping[str, Any]]] = {
    "create_app": {"name": str, "plan": _Plan},
    "set_plan": {"app_id": str, "plan": _Plan},
    "disable_app": _OF_APP,
    "enable_app": _OF_APP,
    "require_identity_verification": {"app_id": str, "required": bool},
    "configure_web_push": {"app_id": str, "origin": str | None},
    "import_csv": {"app_id": str, "file": str, "channel": Literal["email", "sms"]},
    "create_segment": {"app_id": str, "name": str, "filters": list[dict[str, Any]]},
    "pause_segment": {"app_id": str, "segment_id": str},
    "unpause_segment": {"app_id": str, "segment_id": str},
    "audience": {"app_id": str, "segment": str},
    "activate_amplitude": {"app_id": str, "api_key": str, "eu": bool, "events": _Names},
    "deactivate_amplitude": _OF_APP,
    "integration": _OF_APP,
    "create_in_app_message": {
        "app_id": str,
        "name": str,
        "html": str,
        "triggers": tuple[tuple[dict[str, Any], ...], ...],
        "pages": dict[str, str],
        "targets": dict[str, str],
        "display_duration_s": float | None,
    },
    "message_events": _OF_APP,
    "custom_events": _OF_APP,
    "set_frequency_cap": {"app_id": str, "messages_max": int | None, "window_s": float},
    "set_throttle": {"app_id": str, "per_minute": int},
    "add_event_stream": {"app_id": str, **_STREAM},
    "update_event_stream": {"app_id": str, "stream_id": str, **_STREAM},
    "delete_event_stream": {"app_id": str, "stream_id": str},
    "enable_event_stream": {"app_id": str, "stream_id": str},
    "disable_event_stream": {"app_id": str, "stream_id": str},
    "event_streams": _OF_APP,
    "admin_mails": _OF_APP,
    "unsubscribe_link": _AT_A_DEVICE,
    "record_email_opened": _AT_A_DEVICE,
    "record_email_clicked": _AT_A_DEVICE,
    "record_email_unsubscribed": _AT_A_DEVICE,
    "record_email_reported_as_spam": _AT_A_DEVICE,
    "record_live_activity_clicked": _AT_A_DEVICE,
}


def onesignal_desk(onesignal: FakeOneSignal) -> Desk:
    """Give the desk of one fake."""
    return Desk(VERBS, (onesignal, onesignal.dashboard, onesignal.messaging))
