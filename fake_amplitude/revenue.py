"""What a customer paid with one event (facts/amplitude-api.md 1.3, 1.13)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.records import Details

if TYPE_CHECKING:
    from fake_amplitude.records import Event

REVENUE_AMOUNT = "revenue_amount"
"""What the SDKs name an event of revenue; they put the money into its properties `$price`, `$quantity`, `$revenue`."""

NOTHING = b"{}"


def revenue(event: Event) -> float | None:
    """Answer what was paid with an event; None where nothing was."""
    paid = None if event.details == NOTHING else revenue_of(msgspec.json.decode(event.details, type=Details))
    if paid is None and event.event_type == REVENUE_AMOUNT:
        return revenue_of(_told_by_sdk(msgspec.json.decode(event.event_properties)))
    return paid


def revenue_of(details: Details) -> float | None:
    """Answer price times quantity (by default 1) where there is a price, else the revenue; refunds are negative."""
    if details.price is not None and (details.revenue is None or details.quantity is not None):
        return details.price * (1 if details.quantity is None else details.quantity)
    return details.revenue


def _told_by_sdk(properties: dict[str, Any]) -> Details:
    money = {name: properties.get(f"${name}") for name in ("price", "quantity", "revenue")}
    is_number = {name: isinstance(said, (int, float)) and not isinstance(said, bool) for name, said in money.items()}
    return Details(**{name: said for name, said in money.items() if is_number[name]})
