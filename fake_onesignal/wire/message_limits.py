"""What a message may hold at most: its name, its buttons, its copies, its data (facts/onesignal-api.md 2.3, 4.4)."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003 - msgspec reads the annotations when the program runs
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal, TypeAlias

import msgspec
from msgspec import Meta, Struct

from fake_onesignal.message_errors import MessageFieldError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fake_onesignal.message_kinds import Channel

Name: TypeAlias = Annotated[str, Meta(max_length=128)]
Buttons: TypeAlias = Annotated[list[dict[str, Any]], Meta(max_length=3)]
WebButtons: TypeAlias = Annotated[list[dict[str, Any]], Meta(max_length=2)]
Copies: TypeAlias = Annotated[list[str], Meta(max_length=5)]
MediaUrls: TypeAlias = Annotated[list[str], Meta(max_length=10)]
TimeToLive: TypeAlias = Annotated[int, Meta(ge=0, le=2_419_200)]
HuaweiCategory: TypeAlias = Literal[
    "IM",
    "VOIP",
    "SUBSCRIPTION",
    "TRAVEL",
    "HEALTH",
    "WORK",
    "ACCOUNT",
    "EXPRESS",
    "FINANCE",
    "DEVICE_REMINDER",
    "MAIL",
    "MARKETING",
]

CUSTOM_DATA_BYTES_MAX: Final[dict[Channel, int]] = {"push": 2_048, "sms": 2_048, "email": 10_000}


class WarmUpStage(Struct, frozen=True):
    """One stage of warming up a sender's domain: from when to when, and how many e-mails."""

    start: datetime
    end: datetime
    quota: Annotated[int, Meta(ge=0)]
    acked: bool = False


class WarmUp(Struct, frozen=True):
    """How a sender's domain is warmed up."""

    stages: list[WarmUpStage]
    strategy: Literal["recommended", "custom"] | None = None


def check_custom_data(custom_data: Mapping[str, Any] | None, channel: Channel) -> None:
    """Refuse more data than a message of this channel may carry."""
    most = CUSTOM_DATA_BYTES_MAX[channel]
    if custom_data and len(msgspec.json.encode(custom_data)) > most:
        raise MessageFieldError(f"custom_data is limited to {most} bytes")
