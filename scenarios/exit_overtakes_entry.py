"""Somebody enters a cohort and leaves it an hour later; the entry is late twice, and must not undo the exit.

Before the bridge's door: the webhook's batch with the entry gets stuck on the way. Amplitude sends it once more, and
the stuck one arrives when the exit has long been taken; the bridge knows it again. Behind the door: OneSignal is down
when the entry is told, so that entry and exit wait together; one user's changes keep their order.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation
from simulator.connecting import door_of, secret_of
from simulator.disturbances import Failing, Overtaken
from simulator.errors import require
from simulator.hosts import BRIDGE_HOST
from simulator.laws import come_to_rest, laws
from simulator.moving_in import move_in
from simulator.occasions import always, first
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import change_plan

COHORT = "Short visits"
FOREVER = 10**6


def play(simulation: Simulation, *, people: int = 6) -> Ending:
    """Let everybody enter, and half of them leave in the next hour, while the entry is under way."""
    require(2, people=people)
    simulation.connect()
    crowd = list(EVERYBODY_IS_REACHED.people(people, simulation.luck("people")))
    move_in(simulation, crowd, lessons=lambda _: 1)
    for person in crowd:
        change_plan(simulation, person.external_id, "trial")
    leaving = {person.external_id for person in crowd[::2]}
    cohort_id = simulation.property_cohort(COHORT, "plan", "trial")

    entry_is_stuck = first(1).to(BRIDGE_HOST).at("*/cohorts/webhook")
    simulation.network.disturb(Overtaken(calls=FOREVER), entry_is_stuck)
    simulation.network.disturb(Failing(503), always().to("api.onesignal.com"))
    simulation.amplitude["US"].schedule_sync(cohort_id, _webhook(simulation), "hourly")
    simulation.run_for(timedelta(minutes=30))
    for who in sorted(leaving):
        change_plan(simulation, who, "none")
    simulation.run_for(timedelta(minutes=90))
    waiting = simulation.bridge.status().connections[0].cohorts.waiting
    simulation.network.calm()  # the batch that was stuck arrives at the door now
    calm = come_to_rest(simulation)
    return Ending(
        checks=(
            Check("entries and exits waited together", waiting >= people + len(leaving), f"{waiting} changes waiting"),
            *_checks(simulation, leaving, staying=people - len(leaving)),
            *laws(simulation, {COHORT: cohort_id}, calm=calm),
        ),
        cohort_id=cohort_id,
        segment_id=simulation.onesignal_reader().segment_id(COHORT),
    )


def _webhook(simulation: Simulation) -> str:
    """Connect the bridge as a cohort webhook; give the destination's id."""
    assert simulation.connection is not None
    return (
        simulation.amplitude["US"]
        .add_destination(
            simulation.project,
            name="Webhook",
            url=f"{door_of(simulation.connection)}/cohorts/webhook",
            headers=secret_of(simulation.connection),
            protocol="webhook",
        )
        .id
    )


def _checks(simulation: Simulation, leaving: set[str], *, staying: int) -> tuple[Check, ...]:
    passed_over = simulation.bridge.status().connections[0].cohorts.ignored
    inside = {channel.external_id for channel in simulation.onesignal_reader().channels(COHORT)}
    left_behind = inside & leaving
    return (
        Check("the late batch was known as such", sum(passed_over.values()) > 0, f"{dict(passed_over)}"),
        Check("nobody who left is in the segment", not left_behind, f"{len(left_behind)} of {len(leaving)}"),
        Check("everybody who stayed is", len(inside) == staying, f"{len(inside)} people"),
    )
