"""Amplitude is down for hours while a push is confirmed and clicked: nothing is lost, and the times stay true.

OneSignal streams its events to the bridge as ever; the bridge keeps them and comes back less and less often. When
Amplitude is up again every event arrives once, under the moment in which it happened and not the one it arrived.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation
from simulator.disturbances import Failing
from simulator.errors import require
from simulator.laws import come_to_rest, laws
from simulator.moving_in import move_in
from simulator.occasions import always
from simulator.population import EVERYBODY_IS_REACHED
from simulator.recipients import Attention
from simulator.somebody import push

AMPLITUDE = "api2.amplitude.com"
CALLS_AN_HOUR_MAX = 30  # the bridge waits five minutes at last


def play(simulation: Simulation, *, people: int = 30, hours: int = 6, status: int = 503) -> Ending:
    """Send a push at the beginning of an outage that answers `status` to everything."""
    require(1, people=people, hours=hours)
    require(500, 599, status=status)
    simulation.connect()
    move_in(simulation, EVERYBODY_IS_REACHED.people(people, simulation.luck("people")), lessons=lambda _: 1)
    simulation.recipients.attention = Attention(confirmed=0.8, clicked=0.4)
    simulation.network.disturb(Failing(status), always().to(AMPLITUDE))
    push(simulation, "Are you there?")
    simulation.run_for(timedelta(hours=hours))

    kept = simulation.bridge.status().connections[0].events
    tries = simulation.journal.count(host=AMPLITUDE, status=status)
    simulation.network.calm()
    calm = come_to_rest(simulation)
    return Ending(
        checks=(
            Check(
                "during the outage the bridge kept every event",
                kept.waiting == kept.received - sum(kept.ignored.values()) > 0 and kept.delivered == 0,
                f"{kept.waiting} waiting, {kept.delivered} delivered",
            ),
            Check(
                "it asked now and then, and not all the time",
                0 < tries <= CALLS_AN_HOUR_MAX * hours,
                f"{tries} calls in {hours} h",
            ),
            *laws(simulation, {}, calm=calm),
        )
    )
