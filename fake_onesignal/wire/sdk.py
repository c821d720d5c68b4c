"""The JSON that SDKs fetch when they start: a web page's configuration, the phones' (facts/onesignal-api.md 10)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from fake_onesignal.plans import PLANS
from fake_onesignal.wire.web_prompts import STATIC_PROMPTS

if TYPE_CHECKING:
    from fake_onesignal.app_settings import AppSettings
    from fake_onesignal.records import App

WEB_SDK_VERSION: Final = 160608
VAPID_PUBLIC_KEY: Final = "BGsX0fLhLEJH-Lzm5WOkQPJ3A32BLeszoPShOUXYmMKWT-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"
"""The base point of P-256: a key that browsers take and that nobody signs with (ours)."""

NO_SUCH_APP: Final = {"success": False, "code": 1, "description": "No app with this id found."}
"""The code is known, the words are not (inferred)."""

NOT_FOR_WEB: Final = {"success": False, "code": 2, "description": "This app is not configured for web push."}

_CALLBACK: Final = re.compile(r"[A-Za-z_$][\w$.]{0,99}", re.ASCII)


def is_callback(name: str) -> bool:
    """Say whether a JSONP answer may be wrapped in a function of this name."""
    return _CALLBACK.fullmatch(name) is not None


def wrapped(callback: str, body: bytes) -> bytes:
    """Wrap JSON in a call, for a script tag; the two line ends that JSON allows and old scripts do not are escaped."""
    safe = body.replace("\u2028".encode(), rb"\u2028").replace("\u2029".encode(), rb"\u2029")
    return b"/**/" + callback.encode() + b"(" + safe + b");"


def render_web_config(app: App, settings: AppSettings, *, page_origin: str, now: int) -> dict[str, Any]:
    """Render what the web SDK starts with; for an app that takes every origin, the origin is that of the page."""
    origin = settings.web_origin or page_origin
    return {
        "success": True,
        "app_id": app.id,
        "version": WEB_SDK_VERSION,
        "features": web_features(app, settings),
        "config": web_config(app, settings, origin),
        "generated_at": now,
    }


def web_features(app: App, settings: AppSettings) -> dict[str, Any]:
    """Render the switches of the web SDK; confirmed deliveries are a paid feature (6.3)."""
    return {
        "restrict_origin": {"enable": bool(settings.web_origin)},
        "metrics": {"enable": False, "mixpanel_reporting_token": ""},
        "enable_on_session": True,
        "receive_receipts_enable": PLANS[app.plan].is_paid,
        "web_on_focus_enabled": True,
        "session_threshold": 30,
    }


def web_config(app: App, settings: AppSettings, origin: str) -> dict[str, Any]:
    """Render the site's settings."""
    return {
        "origin": origin,
        "siteInfo": {
            "name": app.name,
            "origin": origin,
            "proxyOrigin": "",
            "defaultIconUrl": "",
            "proxyOriginEnabled": False,
        },
        "staticPrompts": STATIC_PROMPTS,
        "jwt_required": settings.requires_jwt,
        "autoResubscribe": True,
        "webhooks": {"enable": False, "corsEnable": False},
        "integration": {"kind": "custom"},
        "serviceWorker": {"path": "/", "workerName": "OneSignalSDKWorker.js", "registrationScope": "/"},
        "setupBehavior": {},
        "welcomeNotification": {"enable": False, "title": "", "message": "", "url": "", "urlEnabled": False},
        "notificationBehavior": {"click": {"match": "exact", "action": "navigate"}, "display": {"persist": False}},
        "outcomes": {
            "direct": {"enabled": True},
            "indirect": {
                "enabled": True,
                "notification_attribution": {"minutes_since_displayed": 1_440, "limit": 10},
            },
            "unattributed": {"enabled": True},
        },
        "vapid_public_key": VAPID_PUBLIC_KEY,
        "onesignal_vapid_public_key": VAPID_PUBLIC_KEY,
        "safari_web_id": "",
        "subdomain": "",
    }


def render_android_params(app: App, settings: AppSettings) -> dict[str, Any]:
    """Render what the Android SDK starts with."""
    return {
        **render_ios_params(app, settings),
        "android_sender_id": "388536902528",
        "chnl_lst": [],
        "restore_ttl_filter": True,
        "clear_group_on_summary_click": True,
        "disable_gms_missing_prompt": False,
        "unsubscribe_on_notifications_disabled": True,
        "oprepo_execution_interval": 5_000,
        "fcm": {"api_key": "", "app_id": "", "project_id": ""},
    }


def render_ios_params(app: App, settings: AppSettings) -> dict[str, Any]:
    """Render what the iOS SDK starts with: Android's parameters but for Android's own (inferred)."""
    attribution = {"minutes_since_displayed": 1_440, "limit": 10}
    return {
        "enterp": app.plan == "enterprise",
        "jwt_required": settings.requires_jwt,
        "fba": False,
        "receive_receipts_enable": PLANS[app.plan].is_paid,
        "location_shared": True,
        "requires_user_privacy_consent": False,
        "outcomes": {
            "direct": {"enabled": True},
            "indirect": {
                "enabled": True,
                "notification_attribution": attribution,
                "in_app_message_attribution": attribution,
            },
            "unattributed": {"enabled": True},
        },
        "logging_config": {"log_level": "WARN"},
    }
