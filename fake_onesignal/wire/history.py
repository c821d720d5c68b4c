"""The JSON of a message's history: which events of it, and who is to hear of the file."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final, Literal, cast

from fake_onesignal.message_errors import HistoryRefusedError

if TYPE_CHECKING:
    from collections.abc import Mapping

EMAIL: Final = re.compile(r"[^@\s\x00]{1,64}@[^@\s\x00]{1,255}")


def parse_history(sent: Mapping[str, Any]) -> Literal["sent", "clicked"]:
    """Read which events are wanted; an address is required and no mail is sent."""
    email, events = sent.get("email"), sent.get("events")
    if not isinstance(email, str) or not EMAIL.fullmatch(email):
        raise HistoryRefusedError("param `email` must be a valid email")
    if events not in {"sent", "clicked"} if isinstance(events, str) else True:
        raise HistoryRefusedError("param `events` must be one of: sent, clicked")
    return cast("Literal['sent', 'clicked']", events)


def render_history(url: str) -> dict[str, Any]:
    """Render where the file will be."""
    return {"success": True, "destination_url": url}
