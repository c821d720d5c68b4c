"""Without the partner route: a cohort becomes a tag on its users by OneSignal's public API; a segment reads the tag.

OneSignal's own cohort route is not public, so a company that runs the bridge against the real service lets it write
tags. Somebody who leaves the cohort loses the tag; somebody whom OneSignal does not know gets none and is not created.
"""

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.somebody import change_plan, phone

COHORT = "Pro plan"
TAG = "cohort_Pro-plan"


def play(simulation: Simulation, *, people: int = 12) -> Ending:
    """Sync a cohort hourly as tags, let every third member leave, and one join whom OneSignal never met."""
    require(3, people=people)
    simulation.connect(membership="tags")
    members = [f"customer-{number:02}" for number in range(people)]
    for who in members:
        phone(simulation, who)
        change_plan(simulation, who, "pro")
    change_plan(simulation, "never-met-onesignal", "pro")
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    simulation.run_until_quiet()
    segment_id = _segment_of_the_tag(simulation)
    joined = simulation.onesignal_reader().segment_count(segment_id)

    leavers = members[::3]
    for who in leavers:
        change_plan(simulation, who, "free")
    simulation.wait(7_200)
    simulation.run_until_quiet()
    return Ending(
        checks=_checks(simulation, joined=joined, people=people, leavers=leavers),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )


def _segment_of_the_tag(simulation: Simulation) -> str:
    filters = [{"field": "tag", "key": TAG, "relation": "=", "value": "true"}]
    body = {"name": COHORT, "filters": filters}
    segment_id: str = simulation.onesignal_api().post(f"/apps/{simulation.app.id}/segments", body)["id"]
    return segment_id


def _checks(simulation: Simulation, *, joined: int, people: int, leavers: list[str]) -> tuple[Check, ...]:
    reader = simulation.onesignal_reader()
    segment_id = reader.segment_id(COHORT)
    left = reader.segment_count(segment_id) if segment_id else 0
    user = simulation.onesignal_api().get(f"/apps/{simulation.app.id}/users/by/external_id/{leavers[0]}")
    stranger = reader.subscription_count("never-met-onesignal")
    return (
        Check("every known member has the tag", joined == people, f"{joined} of {people}"),
        Check("whoever left has lost it", left == people - len(leavers), f"{left} after {len(leavers)} left"),
        Check("a lost tag is gone, not empty", TAG not in user["properties"].get("tags", {}), f"{user['properties']}"),
        Check("nobody was created for it", stranger is None, "OneSignal still knows nobody of that id"),
    )
