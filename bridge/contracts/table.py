"""The shape of a contract: one row for each message event that is sent to Amplitude."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Source = Literal[
    "message_id",
    "message_name",
    "message_title",
    "message_contents",
    "template_id",
    "subscription_id",
    "device_type",
    "language",
]
"""A field of `MessageEvent` from which a property may be filled."""


@dataclass(frozen=True, slots=True)
class ContractEvent:
    """How one kind of message event is called in Amplitude, and where each of its properties comes from."""

    event_type: str
    constants: Mapping[str, str]
    properties: Mapping[str, Source]


@dataclass(frozen=True, slots=True)
class Contract:
    """One version of the integration page: kind of event -> its name and properties."""

    name: str
    events: Mapping[str, ContractEvent]
