"""What Amplitude says to a list-based partner, and what it reads from the answer (facts/amplitude-api.md 4.2)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from fake_amplitude.wire.json_text import MALFORMED

if TYPE_CHECKING:
    from collections.abc import Sequence

CONTEXT = {"integration": {"name": "Amplitude Cohort Sync", "version": "1.0.0"}}


class _CreatedList(msgspec.Struct):
    list_id: str = msgspec.field(name="listId")


def render_list(name: str) -> bytes:
    """Render the creation of a cohort's list."""
    return msgspec.json.encode({"name": name, "context": CONTEXT})


def render_users(mapped_values: Sequence[str]) -> bytes:
    """Render a batch of users to add or to remove."""
    return msgspec.json.encode({"userIds": mapped_values, "context": CONTEXT})


def parse_list_id(answer: bytes) -> str | None:
    """Read the list's id; None when the partner did not give one."""
    try:
        return msgspec.json.decode(answer, type=_CreatedList, strict=False).list_id or None
    except MALFORMED:
        return None
