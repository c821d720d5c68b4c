"""What each plan allows (facts/onesignal-api.md 4.4, 6; facts/integration.md 6)."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

PlanName = Literal["free", "growth", "professional", "enterprise"]


class Plan(Struct, frozen=True):
    """The limits of one plan; None is "no limit". Some operations, cohorts among them, are for paid plans only."""

    segments_max: int | None
    tags_max: int | None
    messages_per_s: int
    is_paid: bool = True


PLANS: Final[dict[PlanName, Plan]] = {
    "free": Plan(segments_max=6, tags_max=2, messages_per_s=150, is_paid=False),
    "growth": Plan(segments_max=10, tags_max=10, messages_per_s=6_000),
    "professional": Plan(segments_max=20, tags_max=100, messages_per_s=6_000),
    "enterprise": Plan(segments_max=None, tags_max=None, messages_per_s=6_000),
}
