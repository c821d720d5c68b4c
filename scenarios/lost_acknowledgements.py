"""Answers get lost on both sides of the bridge: everything is said again, and counted once.

A lost answer is not a lost request: it had its effect, and its sender cannot know. OneSignal repeats an event that the
bridge has, the bridge repeats an upload that Amplitude has; the event's id is what both recognise it by.
"""

from simulator import Check, Ending, Simulation
from simulator.disturbances import AnswerLost
from simulator.errors import WrongUsageError, require
from simulator.hosts import BRIDGE_HOST
from simulator.laws import come_to_rest, laws
from simulator.moving_in import move_in
from simulator.occasions import chance, first
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import push

AMPLITUDE = "api2.amplitude.com"
SENT = "Push Pending Delivery"


def play(simulation: Simulation, *, people: int = 30, pushes: int = 3, lost: float = 0.4) -> Ending:
    """Send some pushes while the first answer to each of the two gets lost, and a share of the others, `lost`."""
    require(1, people=people, pushes=pushes)
    if not 0 < lost < 1:
        raise WrongUsageError(f"parameter 'lost' must be a share between 0 and 1, not {lost}")
    simulation.connect()
    move_in(simulation, EVERYBODY_IS_REACHED.people(people, simulation.luck("people")), lessons=lambda _: 1)
    for host in (BRIDGE_HOST, AMPLITUDE):
        simulation.network.disturb(AnswerLost(), first(1).to(host))
        simulation.network.disturb(AnswerLost(), chance(lost).to(host))
    messages = []
    for number in range(pushes):
        messages.append(push(simulation, f"News {number}"))
        simulation.wait(600)
    simulation.run_until_quiet()
    simulation.network.calm()
    checked = laws(simulation, {}, calm=come_to_rest(simulation))
    return Ending(checks=(*_checks(simulation, messages), *checked))


def _checks(simulation: Simulation, messages: list[str]) -> tuple[Check, ...]:
    reader, journal = simulation.onesignal_reader(), simulation.journal
    sent = sum(reader.statistics(message)["successful"] for message in messages)
    told = journal.count(method="POST", host=BRIDGE_HOST, status=200)
    unheard = [journal.count(method="POST", host=host, status=0) for host in (BRIDGE_HOST, AMPLITUDE)]
    rows = simulation.amplitude_reader().exported(simulation.began, simulation.clock.now())
    counted = sum(row["event_type"] == SENT for row in rows)
    lost = f"{unheard[0]} to OneSignal, {unheard[1]} to the bridge"
    return (
        Check("answers were lost on both sides", min(unheard) > 0, lost),
        Check("the bridge was told more often than there were events", told > sent, f"{told} times of {sent} events"),
        Check("Amplitude counts each once", counted == sent, f"{counted} of {sent}"),
    )
