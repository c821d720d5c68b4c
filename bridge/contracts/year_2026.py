"""The 21 events of the integration page of 2026 (facts/integration.md 1.2, 1.3); two kinds of SMS share one name.

`message_type` of an SMS is spelled as the page prints it; its spelling on the wire is not known. `Distinct ID` in the
page's list is the external id, which travels as `user_id` (facts/integration.md 1.6).
"""

from __future__ import annotations

from types import MappingProxyType

from bridge.contracts.table import Contract, ContractEvent, Source

PREFIX = "[Onesignal] "

_PROPERTIES: MappingProxyType[str, Source] = MappingProxyType(
    {
        "Message ID": "message_id",
        "Message Name": "message_name",
        "Message Title": "message_title",
        "Message Contents": "message_contents",
        "template_id": "template_id",
        "subscription_id": "subscription_id",
        "device_type": "device_type",
        "language": "language",
    }
)

_NAMES = {
    ("push", "push"): {
        "sent": "Push Delivered",
        "received": "Push Confirmed delivery",
        "clicked": "Push Clicked",
        "failed": "Push Failed",
        "unsubscribed": "Push Unsubscribed",
    },
    ("iam", "in-app"): {
        "impression": "IAM Displayed",
        "clicked": "IAM Clicked",
        "page_displayed": "IAM Page Displayed",
    },
    ("email", "email"): {
        "sent": "Email Delivered",
        "received": "Email Confirmed delivery",
        "opened": "Email Opened",
        "clicked": "Email Clicked",
        "unsubscribed": "Email Unsubscribed",
        "reported_as_spam": "Email Reported as SPAM",
        "bounced": "Email Hard bounced",
        "failed": "Email Failed delivery",
        "suppressed": "Email Not delivering to suppressed email address",
    },
    ("sms", "SMS"): {
        "sent": "SMS Delivered",
        "delivered": "SMS Confirmed delivery",
        "failed": "SMS Failed delivery",
        "undelivered": "SMS Failed delivery",
    },
}


def _event(name: str, message_type: str) -> ContractEvent:
    constants = {"message_type": message_type, "source": "onesignal"}
    return ContractEvent(PREFIX + name, MappingProxyType(constants), _PROPERTIES)


CONTRACT_2026 = Contract(
    name="2026",
    events=MappingProxyType(
        {
            f"message.{channel}.{outcome}": _event(name, message_type)
            for (channel, message_type), names in _NAMES.items()
            for outcome, name in names.items()
        }
    ),
)
