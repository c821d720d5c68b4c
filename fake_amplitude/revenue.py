"""What a customer paid with one event (facts/amplitude-api.md 1.3)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from fake_amplitude.records import Details


def revenue_of(details: Details) -> float | None:
    """Answer price times quantity (by default 1) where there is a price, else the revenue; refunds are negative."""
    if details.price is not None and (details.revenue is None or details.quantity is not None):
        return details.price * (1 if details.quantity is None else details.quantity)
    return details.revenue
