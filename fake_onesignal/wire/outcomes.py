"""The JSON of outcomes: what SDKs measure, what is asked for, and the numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Literal, cast

from msgspec import Struct

from fake_onesignal.message_errors import MessageFieldError, OutcomeNameError
from fake_onesignal.outcomes import RANGES, SESSION_DURATION, Asked
from fake_onesignal.subscriptions import CANONICAL_TYPES, DEVICE_TYPES
from fake_onesignal.wire.fields import typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from fake_onesignal.outcomes import Attribution

TYPES: Final = {str(number): type_ for type_, number in DEVICE_TYPES.items()}
WEIGHT_MAX: Final = 1e15


class SubscriptionBody(Struct, frozen=True):
    """The device that measured."""

    id: str = ""
    type: str = ""


class OutcomeBody(Struct, frozen=True, kw_only=True):
    """One outcome as today's SDKs send it, or those of 2022 (`player_id`, `device_type`)."""

    app_id: str
    id: str
    onesignal_id: str | None = None
    subscription: SubscriptionBody = SubscriptionBody()
    player_id: str | None = None
    device_type: int | None = None
    direct: bool | None = None
    notification_ids: list[str] | None = None
    weight: float | None = None
    timestamp: int | float | None = None
    session_time: float | None = None


def parse_outcome(sent: dict[str, Any]) -> dict[str, Any]:
    """Read what an SDK measured; time spent in the app is its own weight."""
    body = typed(sent, OutcomeBody)
    weight = body.session_time if body.id == SESSION_DURATION and body.session_time is not None else body.weight
    if not body.id or not abs(weight or 0.0) <= WEIGHT_MAX:
        raise MessageFieldError("an outcome needs an id, and a weight that is a number")
    type_ = CANONICAL_TYPES.get(body.subscription.type.lower()) or TYPES.get(str(body.device_type), "")
    return {
        "name": body.id,
        "weight": weight or 0.0,
        "subscription_id": (body.subscription.id or body.player_id or "").lower(),
        "type_": type_,
        "message_ids": [id_.lower() for id_ in body.notification_ids or ()],
        "is_direct": bool(body.direct),
    }


def parse_asked(
    names: Iterable[str], more_names: Sequence[str], *, time_range: str, platforms: str, attribution: str
) -> Asked:
    """Read which outcomes are asked for: `names` in one text with commas, `more_names` one by one."""
    wanted = [name.strip() for text in names for name in text.split(",")] + list(more_names)
    attributions = {"direct", "influenced", "unattributed", "total", ""}
    if (time_range and time_range not in RANGES) or attribution not in attributions:
        raise MessageFieldError("Invalid outcome_time_range" if attribution in attributions else "Invalid attribution")
    return Asked(
        names=tuple(_name(name) for name in wanted if name) or _none(),
        span=RANGES[time_range or "1h"],
        types=_types(platforms) if platforms else None,
        attribution=None if attribution in {"total", ""} else cast("Attribution", attribution),
    )


def _none() -> tuple[()]:
    raise OutcomeNameError


def _name(text: str) -> tuple[str, Literal["sum", "count"]]:
    name, _, aggregation = text.rpartition(".")
    if not name or aggregation not in {"sum", "count"}:
        raise OutcomeNameError
    return name, cast("Literal['sum', 'count']", aggregation)


def _types(platforms: str) -> tuple[str, ...]:
    return tuple(TYPES[number.strip()] for number in platforms.split(",") if number.strip() in TYPES)


def render_outcomes(asked: Asked, values: Sequence[float]) -> dict[str, Any]:
    """Render the numbers; the schema has whole ones, so sums are rounded (inferred)."""
    return {
        "outcomes": [
            {"id": name, "value": round(value), "aggregation": aggregation}
            for (name, aggregation), value in zip(asked.names, values, strict=True)
        ]
    }


def render_of_message(found: dict[str, tuple[float, int]]) -> list[dict[str, Any]]:
    """Render the outcomes credited to one message."""
    return [
        {"id": name, "value": round(value), "aggregation": aggregation}
        for name, (total, count) in found.items()
        for aggregation, value in (("sum", total), ("count", count))
    ]
