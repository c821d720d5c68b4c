"""Everything that can happen to a message: the kinds of Event Streams, what each one counts and what it must follow.

facts/onesignal-api.md 7.1 names the kinds, 6.3 and facts/integration.md 1.5 the statistics.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

Channel: TypeAlias = Literal["push", "email", "sms"]


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of message event.

    `counts` is the statistic that every such event adds to, `counts_first` the one that only the first of a
    subscription adds to. `follows` is the kind that must have come before: no click without a sending.
    A `once` kind happens at most once per message and subscription; an SDK that reports it again changes nothing.
    """

    name: str
    counts: str = ""
    counts_first: str = ""
    follows: str = ""
    once: bool = True


PUSH_SENT: Final = "message.push.sent"
PUSH_RECEIVED: Final = "message.push.received"
PUSH_CLICKED: Final = "message.push.clicked"
PUSH_FAILED: Final = "message.push.failed"
PUSH_UNSUBSCRIBED: Final = "message.push.unsubscribed"
IAM_IMPRESSION: Final = "message.iam.impression"
IAM_CLICKED: Final = "message.iam.clicked"
IAM_PAGE_DISPLAYED: Final = "message.iam.page_displayed"
EMAIL_SENT: Final = "message.email.sent"
EMAIL_RECEIVED: Final = "message.email.received"
EMAIL_OPENED: Final = "message.email.opened"
EMAIL_CLICKED: Final = "message.email.clicked"
EMAIL_UNSUBSCRIBED: Final = "message.email.unsubscribed"
EMAIL_SPAM: Final = "message.email.reported_as_spam"
EMAIL_BOUNCED: Final = "message.email.bounced"
EMAIL_FAILED: Final = "message.email.failed"
EMAIL_SUPPRESSED: Final = "message.email.suppressed"
SMS_SENT: Final = "message.sms.sent"
SMS_FAILED: Final = "message.sms.failed"
SMS_DELIVERED: Final = "message.sms.delivered"
SMS_UNDELIVERED: Final = "message.sms.undelivered"
ACTIVITY_SENT: Final = "message.live_activity.sent"
ACTIVITY_DELIVERED: Final = "message.live_activity.delivered"
ACTIVITY_UNSUBSCRIBED: Final = "message.live_activity.unsubscribed"
ACTIVITY_FAILED: Final = "message.live_activity.failed"
ACTIVITY_CLICKED: Final = "message.live_activity.clicked"

KINDS: Final[dict[str, Kind]] = {
    kind.name: kind
    for kind in (
        Kind(PUSH_SENT, counts="successful"),
        Kind(PUSH_RECEIVED, counts="received", follows=PUSH_SENT),
        Kind(PUSH_CLICKED, counts="converted", follows=PUSH_SENT),
        Kind(PUSH_FAILED, counts="errored"),
        Kind(PUSH_UNSUBSCRIBED, counts="failed"),
        Kind(IAM_IMPRESSION, once=False),
        Kind(IAM_CLICKED, once=False),
        Kind(IAM_PAGE_DISPLAYED, once=False),
        Kind(EMAIL_SENT, counts="successful"),
        Kind(EMAIL_RECEIVED, counts="received", follows=EMAIL_SENT),
        Kind(EMAIL_OPENED, counts="opened", counts_first="unique_opens", follows=EMAIL_SENT, once=False),
        Kind(EMAIL_CLICKED, counts="clicks", counts_first="unique_clicks", follows=EMAIL_SENT, once=False),
        Kind(EMAIL_UNSUBSCRIBED, counts="unsubscribed", follows=EMAIL_SENT),
        Kind(EMAIL_SPAM, counts="reported_spam", follows=EMAIL_SENT),
        Kind(EMAIL_BOUNCED, counts="bounced", follows=EMAIL_SENT),
        Kind(EMAIL_FAILED, counts="errored"),
        Kind(EMAIL_SUPPRESSED, counts="failed"),
        Kind(SMS_SENT, counts="successful"),
        Kind(SMS_FAILED, counts="errored", counts_first="provider_errored"),
        Kind(SMS_DELIVERED, counts="received", counts_first="provider_successful", follows=SMS_SENT),
        Kind(SMS_UNDELIVERED, counts="provider_failed", follows=SMS_SENT),
        Kind(ACTIVITY_SENT, counts="successful"),
        Kind(ACTIVITY_DELIVERED, counts="received", follows=ACTIVITY_SENT),
        Kind(ACTIVITY_UNSUBSCRIBED, counts="failed"),
        Kind(ACTIVITY_FAILED, counts="errored"),
        Kind(ACTIVITY_CLICKED, counts="converted", follows=ACTIVITY_SENT, once=False),
    )
}
"""In the order of facts/onesignal-api.md 7.1; what a live activity counts is by analogy with push (inferred)."""

OLDER_NAMES: Final[dict[str, str]] = {
    IAM_IMPRESSION: "message.iam.displayed",
    IAM_PAGE_DISPLAYED: "message.iam.pagedisplayed",
    EMAIL_BOUNCED: "message.email.hardbounced",
    EMAIL_SUPPRESSED: "message.email.supressed",
    EMAIL_SPAM: "message.email.resporedasspam",
}
"""How older revisions of the page spelled some kinds (facts/onesignal-api.md 7.1)."""

BIT: Final[dict[str, int]] = {name: 1 << place for place, name in enumerate(KINDS)}
"""One bit per kind: what one subscription has seen of one message fits in one small integer."""

DEVICE_TYPE: Final[dict[str, str]] = {
    "iOSPush": "iOS",
    "AndroidPush": "Android",
    "FireOSPush": "Amazon",
    "ChromeExtensionPush": "Chrome Extension",
    "ChromePush": "Chrome",
    "WindowsPush": "Windows",
    "SafariLegacyPush": "Safari",
    "FirefoxPush": "Firefox",
    "macOSPush": "macOS",
    "HuaweiPush": "Huawei",
    "SafariPush": "Safari",
    "Email": "Email",
    "SMS": "SMS",
}
"""`event.subscription_device_type`; iOS, Android, Chrome, Email and SMS are published, the others (inferred)."""

PLATFORM: Final[dict[str, str]] = {
    "iOSPush": "ios",
    "AndroidPush": "android",
    "FireOSPush": "amazon",
    "ChromeExtensionPush": "chrome_extension",
    "ChromePush": "chrome_web_push",
    "WindowsPush": "edge_web_push",
    "SafariLegacyPush": "safari_web_push",
    "FirefoxPush": "firefox_web_push",
    "macOSPush": "macos",
    "HuaweiPush": "huawei",
    "SafariPush": "safari_web_push",
    "Email": "email",
    "SMS": "sms",
}
"""What a type counts under in `platform_delivery_stats`; names that the client does not know are (inferred)."""


def channel_of(subscription_type: str) -> Channel:
    """Answer the delivery channel that reaches a subscription of this type."""
    if subscription_type == "Email":
        return "email"
    return "sms" if subscription_type == "SMS" else "push"
