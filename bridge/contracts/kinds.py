"""The names under which OneSignal's Event Streams know a message event, today's and the older ones."""

from __future__ import annotations

from types import MappingProxyType

KINDS = frozenset(
    {
        "message.push.sent",
        "message.push.received",
        "message.push.clicked",
        "message.push.failed",
        "message.push.unsubscribed",
        "message.iam.impression",
        "message.iam.clicked",
        "message.iam.page_displayed",
        "message.email.sent",
        "message.email.received",
        "message.email.opened",
        "message.email.clicked",
        "message.email.unsubscribed",
        "message.email.reported_as_spam",
        "message.email.bounced",
        "message.email.failed",
        "message.email.suppressed",
        "message.sms.sent",
        "message.sms.delivered",
        "message.sms.failed",
        "message.sms.undelivered",
        "message.live_activity.sent",
        "message.live_activity.delivered",
        "message.live_activity.failed",
        "message.live_activity.unsubscribed",
        "message.live_activity.clicked",
    }
)

# renamed in place by the vendor; a customer's filter or template may still say the older name
OLDER_NAMES = MappingProxyType(
    {
        "message.iam.displayed": "message.iam.impression",
        "message.iam.pagedisplayed": "message.iam.page_displayed",
        "message.email.resporedasspam": "message.email.reported_as_spam",
        "message.email.hardbounced": "message.email.bounced",
        "message.email.supressed": "message.email.suppressed",
    }
)


def canonical_kind(kind: str) -> str:
    """Answer today's name of a kind (facts/integration.md 1.4)."""
    return OLDER_NAMES.get(kind, kind)
