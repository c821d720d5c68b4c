"""Why sent, clicked and confirmed are higher in OneSignal than in Amplitude: the FAQ's second question.

A push goes to everybody. OneSignal counts messages; Amplitude counts the events of people it was told about. Devices
without an external id are missing there, and several devices of one person are several events of one user.
"""

from datetime import timedelta
from functools import partial

from simulator import Check, Ending, Simulation, delivery
from simulator.errors import require
from simulator.moving_in import move_in
from simulator.population import USUAL, Population
from simulator.recipients import Attention
from simulator.somebody import push


def play(
    simulation: Simulation,
    *,
    users: int = 300,
    anonymous: float = 0.1,
    confirmed: float = 0.8,
    clicked: float = 0.25,
    uninstalled: float = 0.03,
    devices: tuple[float, ...] = USUAL.devices,
) -> Ending:
    """Send one push to everybody, let people confirm and click it, and account for each of the three numbers."""
    require(1, users=users)
    simulation.connect()
    simulation.recipients.attention = Attention(confirmed=confirmed, clicked=clicked, uninstalled=uninstalled)
    population = Population(anonymous=anonymous, devices=devices)
    people = simulation.narrate("people move in", population.people(users, simulation.luck("people")), users)
    move_in(simulation, people, lessons=lambda _: 1)
    message = push(simulation, "Everything must go", name="Spring sale", headings={"en": "Spring sale"})
    simulation.run_for(timedelta(hours=1))  # the last clicks come after half an hour
    if not message:
        return Ending(checks=(Check("somebody can be reached", False, "nobody has a subscribed device"),))

    account = delivery.account(simulation, message)
    return Ending(
        checks=delivery.checks(account),
        account=delivery.lines(account),
        explain=partial(delivery.explain, account),
        everybody=tuple(delivery.everybody(account)),
    )
