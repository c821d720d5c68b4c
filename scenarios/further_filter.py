"""A segment that asks for the cohort and for iPhones: whoever has another phone is in the cohort and not in it.

Step 6 of the page advises to narrow a cohort's segment by further filters. The segment then counts some channels of
some members. The account tells these apart from people who are missing for other reasons: of somebody with two phones
one is in the segment and one is not, so a filter must stand between them.
"""

from simulator import Check, Ending, Simulation, counting
from simulator.errors import require
from simulator.somebody import cohort_of_learners, learn, phone

COHORT = "Learners"
NARROWED = "Learners with an iPhone"


def play(simulation: Simulation, *, iphones: int = 4, androids: int = 3, both: int = 2) -> Ending:
    """Sync people with an iPhone, with an Android phone, or with both, and narrow the segment to iPhones."""
    require(1, iphones=iphones, androids=androids, both=both)
    simulation.connect()
    phones = [("iOSPush",)] * iphones + [("AndroidPush",)] * androids + [("iOSPush", "AndroidPush")] * both
    for number, types in enumerate(phones):
        who = f"learner-{number:02}"
        learn(simulation, who)
        for type_ in types:
            phone(simulation, who, type_=type_, device=f"{type_} of {who}")
    cohort_id = cohort_of_learners(simulation, COHORT)
    simulation.sync(cohort_id)
    simulation.run_until_quiet()
    filters = [
        {"field": "amplitude_cohort", "relation": "in", "value": cohort_id},
        {"field": "device_type", "relation": "=", "value": "iOS"},
    ]
    segment_id = simulation.onesignal.create_segment(simulation.app.id, NARROWED, filters).id

    account = counting.count(simulation, cohort_id, segment_id)
    return counting.ending(
        account,
        (
            Check("the segment counts iPhones only", account.segment.subscriptions == iphones + both, "one each"),
            Check(
                "whoever has no iPhone is kept out by the filter, A27",
                account.codes == {"A27": androids},
                f"{account.codes}",
            ),
            *counting.checks(account, cohort_size=len(phones)),
        ),
        cohort_id=cohort_id,
        segment_id=segment_id,
    )
