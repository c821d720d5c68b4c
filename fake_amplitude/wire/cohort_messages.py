"""Renders what a cohort webhook and a property-based partner are sent (facts/amplitude-api.md 4.2, 4.3)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from fake_amplitude.wire.list_protocol import CONTEXT

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class CohortMessage:
    """A batch of users that entered or left; each user is the mapped value and some user properties."""

    cohort_name: str
    cohort_id: str
    in_cohort: bool
    computed_s: int
    message_id: str
    users: tuple[tuple[str, dict[str, Any]], ...]


def render_message(message: CohortMessage) -> bytes:
    """Render the default payload of a cohort webhook."""
    said = {
        "cohort_name": message.cohort_name,
        "cohort_id": message.cohort_id,
        "in_cohort": message.in_cohort,
        "computed_time": str(message.computed_s),
        "message_id": message.message_id,
        "users": [{"user_id": value, "user_properties": properties} for value, properties in message.users],
    }
    return msgspec.json.encode(said)


def render_traits(name: str, mapped_values: Sequence[str], *, is_in: bool) -> bytes:
    """Render users whose trait `name` changes: one identify, or a batch of them."""
    identifies = [{"type": "identify", "traits": {name: is_in}, "userId": value} for value in mapped_values]
    if len(identifies) == 1:
        return msgspec.json.encode({**identifies[0], "context": CONTEXT})
    return msgspec.json.encode({"batch": [{**each, "context": CONTEXT} for each in identifies]})
