"""What each plan allows (facts/onesignal-api.md 4.4, 6; facts/integration.md 6)."""

from __future__ import annotations

from typing import Final, Literal

from msgspec import Struct

PlanName = Literal["free", "growth", "professional", "enterprise"]


class Plan(Struct, frozen=True):
    """The limits of one plan; None is "no limit"."""

    segments_max: int | None
    tags_max: int | None
    may_sync_cohorts: bool
    messages_per_s: int


PLANS: Final[dict[PlanName, Plan]] = {
    "free": Plan(segments_max=6, tags_max=2, may_sync_cohorts=False, messages_per_s=150),
    "growth": Plan(segments_max=10, tags_max=10, may_sync_cohorts=True, messages_per_s=6_000),
    "professional": Plan(segments_max=20, tags_max=100, may_sync_cohorts=True, messages_per_s=6_000),
    "enterprise": Plan(segments_max=None, tags_max=None, may_sync_cohorts=True, messages_per_s=6_000),
}
