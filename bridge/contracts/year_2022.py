"""The nine events of the 2022 integration page (facts/integration.md 1.2, 1.3)."""

from __future__ import annotations

from types import MappingProxyType

from bridge.contracts.table import Contract, ContractEvent, Source

_PUSH: dict[str, Source] = {
    "Message Name": "message_name",
    "Message": "message_title",
    "Message Contents": "message_contents",
    "delivery_id": "message_id",
}
_IN_APP: dict[str, Source] = {"Message Name": "message_name"}
_EMAIL: dict[str, Source] = {
    "Message Name": "message_name",
    "Message": "message_title",
    "delivery_id": "message_id",
}
_SMS: dict[str, Source] = {
    "Message Name": "message_name",
    "Message": "message_contents",
    "Message Contents": "message_contents",
    "delivery_id": "message_id",
}


def _event(event_type: str, message_type: str, properties: dict[str, Source]) -> ContractEvent:
    return ContractEvent(event_type, MappingProxyType({"message_type": message_type}), MappingProxyType(properties))


CONTRACT_2022 = Contract(
    name="2022",
    events=MappingProxyType(
        {
            "message.push.sent": _event("Push Pending Delivery", "push", _PUSH),
            "message.push.received": _event("Push Confirmed Delivery", "push", _PUSH),
            "message.push.clicked": _event("Push Clicked", "push", _PUSH),
            "message.iam.impression": _event("IAM Displayed", "in-app", _IN_APP),
            "message.iam.clicked": _event("In-App Message Clicked", "in-app", _IN_APP),
            "message.email.sent": _event("Email Pending Delivery", "email", _EMAIL),
            "message.email.opened": _event("Email Opened", "email", _EMAIL),
            "message.email.clicked": _event("Email Clicked", "email", _EMAIL),
            "message.sms.sent": _event("SMS Pending Delivery", "sms", _SMS),
        }
    ),
)
