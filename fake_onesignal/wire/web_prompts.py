"""What a page may ask its visitors: the prompts of the web SDK, all switched off, none of their keys left out.

The SDK reads through all of them when it starts, whether they are switched on or not, and stops at the first key that
is missing (facts/onesignal-api.md 10; the keys are those that the web SDK reads, the words are ours).
"""

from __future__ import annotations

from typing import Any, Final

ASK: Final = "May we send you notifications?"
ALLOW: Final = "Allow"
CANCEL: Final = "Not now"

STATIC_PROMPTS: Final[dict[str, Any]] = {
    "native": {"enabled": False, "autoPrompt": False, "pageViews": 1, "timeDelay": 0},
    "bell": {
        "enabled": False,
        "size": "medium",
        "location": "bottom-right",
        "hideWhenSubscribed": False,
        "customizeTextEnabled": False,
        "color": {"main": "#333333", "accent": "#ffffff"},
        "offset": {"left": 0, "right": 0, "bottom": 0},
        "dialog": {
            "main": {"title": "Notifications", "subscribeButton": "Subscribe", "unsubscribeButton": "Unsubscribe"},
            "blocked": {"title": "Notifications are blocked", "message": "Allow them in the browser's settings."},
        },
        "message": {"subscribing": "You are subscribed.", "unsubscribing": "You are unsubscribed."},
        "tooltip": {
            "blocked": "Notifications are blocked",
            "subscribed": "You are subscribed",
            "unsubscribed": "Subscribe to notifications",
        },
    },
    "slidedown": {
        "prompts": [
            {
                "type": "push",
                "autoPrompt": False,
                "text": {"actionMessage": ASK, "acceptButton": ALLOW, "cancelButton": CANCEL},
                "delay": {"pageViews": 1, "timeDelay": 0},
            }
        ]
    },
    "fullscreen": {
        "enabled": False,
        "title": "An example",
        "message": "A notification looks like this.",
        "caption": "You can unsubscribe at any time",
        "actionMessage": ASK,
        "acceptButton": ALLOW,
        "cancelButton": CANCEL,
        "autoAcceptTitle": "Click Allow",
        "customizeTextEnabled": False,
    },
    "customlink": {
        "enabled": False,
        "style": "button",
        "size": "medium",
        "unsubscribeEnabled": False,
        "color": {"button": "#333333", "text": "#ffffff"},
        "text": {"subscribe": "Subscribe", "unsubscribe": "Unsubscribe", "explanation": ASK},
    },
}
