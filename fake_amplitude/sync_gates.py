"""Which cadence a plan and a cohort allow (facts/amplitude-api.md 4.1)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fake_amplitude.rules import AllOf, AnyOf, FirstTime, InSequence, Not

if TYPE_CHECKING:
    from fake_amplitude.records import Cadence, Cohort, Plan
    from fake_amplitude.rules import Rule

PLANS: tuple[Plan, ...] = ("Starter", "Plus", "Growth", "Enterprise")
FROM_PLAN: dict[Cadence, Plan] = {
    "one-time": "Starter",
    "hourly": "Plus",
    "daily": "Plus",
    "weekly": "Plus",
    "minute": "Growth",
}
USERS_MAX: dict[Cadence, int] = {"minute": 1_000_000, "hourly": 1_000_000, "daily": 10_000_000, "weekly": 10_000_000}


def allows(plan: Plan, cadence: Cadence) -> bool:
    """Answer whether the plan has the cadence: once for all, automated from Plus, real-time from Growth."""
    return PLANS.index(plan) >= PLANS.index(FROM_PLAN[cadence])


def check(plan: Plan, cohort: Cohort, cadence: Cadence) -> None:
    """Raise ValueError where the dashboard greys the cadence out."""
    if not allows(plan, cadence):
        raise ValueError(f"{cadence} syncs need the plan {FROM_PLAN[cadence]}, not {plan}")
    if len(cohort.members) > USERS_MAX.get(cadence, len(cohort.members)):
        raise ValueError(f"{cadence} syncs take at most {USERS_MAX[cadence]} users, not {len(cohort.members)}")
    if cadence == "minute" and cohort.rule is not None and _looks_back(cohort.rule):
        raise ValueError("real-time syncs take no clause of a sequence or of a first time")


def _looks_back(rule: Rule) -> bool:
    match rule:
        case InSequence() | FirstTime():
            return True
        case Not(inner):
            return _looks_back(inner)
        case AllOf(rules) | AnyOf(rules):
            return any(map(_looks_back, rules))
        case _:
            return False
