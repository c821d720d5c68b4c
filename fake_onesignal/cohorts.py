"""Cohorts that Amplitude keeps in step: membership is of users, matched by external_id (facts/onesignal-api.md 5.4).

Users are never created and unmatched ids are dropped in silence. The first match makes a segment of the cohort's
name, if the plan has room; it stays when the cohort empties.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from fake_onesignal import segments
from fake_onesignal.filters import Condition
from fake_onesignal.plans import PLANS
from fake_onesignal.records import Cohort, replace
from fake_onesignal.segment_errors import CohortNotFoundError, CohortsNotInPlanError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fake_onesignal.state import AppState, World

BATCH_MAX: Final = 10_000


def put(state: AppState, cohort_id: str, name: str) -> Cohort:
    """Create a cohort, or rename it; a segment made of it keeps its name."""
    check_plan(state)
    known = state.cohorts.get(cohort_id)
    cohort = Cohort(cohort_id, name) if known is None else replace(known, name=name)
    state.cohorts[cohort_id] = cohort
    state.cohort_members.setdefault(cohort_id, {})
    return cohort


def change_members(world: World, state: AppState, cohort_id: str, *, add: Sequence[str], remove: Sequence[str]) -> None:
    """Take users out of a cohort, then put users in: within one call an addition wins."""
    cohort = found(state, cohort_id)
    members, owners = state.cohort_members[cohort_id], state.aliases["external_id"]
    for external_id in remove:
        members.pop(owners.get(external_id, ""), None)
    for external_id in add:
        if external_id in owners:
            members[owners[external_id]] = None
    if members and not cohort.segment_id:
        make_segment(world, state, cohort)


def make_segment(world: World, state: AppState, cohort: Cohort) -> None:
    """Make a segment of a cohort, unless the plan has no room or the name is taken."""
    if not segments.has_room(state) or segments.named(state, cohort.name) is not None:
        return
    rule = ((Condition("amplitude_cohort", "in", value=cohort.id),),)
    filters = ({"field": "amplitude_cohort", "relation": "in", "value": cohort.id},)
    segment = segments.create(world, state, cohort.name, filters=filters, rule=rule)
    state.cohorts[cohort.id] = replace(cohort, segment_id=segment.id)


def found(state: AppState, cohort_id: str) -> Cohort:
    """Find a cohort; 403 when the plan may not have any, 404 when there is none."""
    check_plan(state)
    cohort = state.cohorts.get(cohort_id)
    if cohort is None:
        raise CohortNotFoundError
    return cohort


def check_plan(state: AppState) -> None:
    """Refuse cohorts to an app whose plan does not include them."""
    if not PLANS[state.app.plan].is_paid:
        raise CohortsNotInPlanError
