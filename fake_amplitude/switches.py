"""Where the vendor's own words disagree: which side a fake takes (facts/amplitude-api.md 0)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Switches:
    """The observed side is the default; each switch takes the documented one."""

    lenient_ids: bool = False
    """Too short ids are taken off their event, which is refused only when no id is left (2.2)."""

    index_maps: Literal["all", "first"] = "all"
    """What the index maps of a 400 from HTTP V2 name: every failing event, or the first of each field (0)."""

    deduplicates_event_ids: bool = False
    """Without an insert_id, the same (event_id, client event time, device_id) is a repetition (2.3)."""

    counts_limit_from_zero: bool = False
    """A `limit` of user activity is answered with one event more (1.10)."""
