"""One thing by all its names: what OneSignal calls it, in its API and in its streams, and what Amplitude calls it.

Written down from `facts/integration.md` 1.2, 1.3 and 1.5, not taken from the bridge: it is what the bridge is held to.
"""

from collections.abc import Mapping
from typing import Any, Final

STATISTICS: Final = {
    "successful": ("message.push.sent", "message.email.sent", "message.sms.sent", "message.live_activity.sent"),
    "received": (
        "message.push.received",
        "message.email.received",
        "message.sms.delivered",
        "message.live_activity.delivered",
    ),
    "converted": ("message.push.clicked", "message.live_activity.clicked"),  # of an e-mail: unique clicks, no event
    "errored": ("message.push.failed", "message.email.failed", "message.sms.failed", "message.live_activity.failed"),
}
NAMES: Final[Mapping[str, Mapping[str, str]]] = {
    "2022": {
        "message.push.sent": "Push Pending Delivery",
        "message.push.received": "Push Confirmed Delivery",
        "message.push.clicked": "Push Clicked",
        "message.iam.impression": "IAM Displayed",
        "message.iam.clicked": "In-App Message Clicked",
        "message.email.sent": "Email Pending Delivery",
        "message.email.opened": "Email Opened",
        "message.email.clicked": "Email Clicked",
        "message.sms.sent": "SMS Pending Delivery",
    },
    "2026": {
        "message.push.sent": "[Onesignal] Push Delivered",
        "message.push.received": "[Onesignal] Push Confirmed delivery",
        "message.push.clicked": "[Onesignal] Push Clicked",
        "message.push.failed": "[Onesignal] Push Failed",
        "message.push.unsubscribed": "[Onesignal] Push Unsubscribed",
        "message.iam.impression": "[Onesignal] IAM Displayed",
        "message.iam.clicked": "[Onesignal] IAM Clicked",
        "message.iam.page_displayed": "[Onesignal] IAM Page Displayed",
        "message.email.sent": "[Onesignal] Email Delivered",
        "message.email.received": "[Onesignal] Email Confirmed delivery",
        "message.email.opened": "[Onesignal] Email Opened",
        "message.email.clicked": "[Onesignal] Email Clicked",
        "message.email.unsubscribed": "[Onesignal] Email Unsubscribed",
        "message.email.reported_as_spam": "[Onesignal] Email Reported as SPAM",
        "message.email.bounced": "[Onesignal] Email Hard bounced",
        "message.email.failed": "[Onesignal] Email Failed delivery",
        "message.email.suppressed": "[Onesignal] Email Not delivering to suppressed email address",
        "message.sms.sent": "[Onesignal] SMS Delivered",
        "message.sms.delivered": "[Onesignal] SMS Confirmed delivery",
        "message.sms.failed": "[Onesignal] SMS Failed delivery",
        "message.sms.undelivered": "[Onesignal] SMS Failed delivery",
    },
}
PREFIX: Final = "[Onesignal] "
MESSAGE_ID: Final = {"2022": "delivery_id", "2026": "Message ID"}
_CHANNELS_2026: Final = {"iam": "in-app", "sms": "SMS"}
_TEXT_MAX: Final = 1_024
_STREAMED_MAX: Final = 50  # characters of a push's or an SMS's contents in a stream

Wanted = Mapping[str, frozenset[str]]
"""What may stand under each label; a label with "" in it may also be absent."""


def properties(contract: str, event: Any, message: Mapping[str, Any], language: str) -> Wanted:
    """Say which event properties an event of a message must have, by OneSignal's own answer about the message.

    A text of several languages may be told in any of them. `language` is the user's.
    """
    channel = event.kind.split(".")[1]
    name, title = _texts(message.get("name")), _texts(message.get("email_subject") or message.get("headings"))
    contents = frozenset(text[:_STREAMED_MAX] for text in _texts(message.get("contents")))
    told = {"Message Name": name, MESSAGE_ID[contract]: frozenset({event.message_id})}
    if contract == "2022":
        spoken = {
            "push": told | {"Message": title, "Message Contents": contents},
            "iam": {"Message Name": name},
            "email": told | {"Message": title},
            "sms": told | {"Message": contents, "Message Contents": contents},
        }
        return spoken[channel] | {"message_type": frozenset({"in-app" if channel == "iam" else channel})}
    return told | {
        "Message Title": title,
        "Message Contents": contents if channel != "email" else _texts(None),  # of an e-mail no stream tells it
        "template_id": _texts(message.get("template_id")),
        "subscription_id": frozenset({event.subscription_id}),
        "device_type": frozenset({event.device_type}),
        "language": frozenset({language}),
        "message_type": frozenset({_CHANNELS_2026.get(channel, channel)}),
        "source": frozenset({"onesignal"}),
    }


def _texts(told: Any) -> frozenset[str]:
    words = told.values() if isinstance(told, Mapping) else [told or ""]
    return frozenset(str(text)[:_TEXT_MAX] for text in words) or frozenset({""})
