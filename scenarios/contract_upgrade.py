"""The day the connection moves from the nine events of 2022 to the names of today, in the middle of a campaign.

A push goes out under the old contract. While its events still wait in the bridge's outbox, an operator restarts the
bridge with the contract of 2026, and a second push follows. Nothing is lost and nothing is told twice, but every chart
in Amplitude that asks for the old name stops at that hour: "Push Pending Delivery" becomes "[Onesignal] Push
Delivered", which sounds like receipt and still only means sent.
"""

import tempfile

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.moving_in import move_in
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import push

OLD, NEW = "Push Pending Delivery", "[Onesignal] Push Delivered"


def play(simulation: Simulation, *, people: int = 20) -> Ending:
    """Send one push before and one after the upgrade, with the outbox still full in between."""
    require(1, people=people)
    with tempfile.TemporaryDirectory() as folder:
        simulation.connect(outbox_url=f"sqlite:///{folder}/outbox.db")
        move_in(simulation, EVERYBODY_IS_REACHED.people(people, simulation.luck("people")), lessons=lambda _: 1)
        before = push(simulation, "The last one of 2022")
        simulation.onesignal.run_due()
        waiting = simulation.bridge.status().connections[0].events.waiting
        simulation.restart_bridge(contract="2026")
        after = push(simulation, "The first one of 2026")
        simulation.run_until_quiet()
        return Ending(checks=_checks(simulation, before, after, waiting=waiting))


def _checks(simulation: Simulation, before: str, after: str, *, waiting: int) -> tuple[Check, ...]:
    onesignal, amplitude = simulation.onesignal_reader(), simulation.amplitude_reader()
    sent = {message: onesignal.statistics(message)["successful"] for message in (before, after)}
    rows = list(amplitude.exported(simulation.began, simulation.clock.now()))
    named = {name: sum(row["event_type"] == name for row in rows) for name in (OLD, NEW)}
    return (
        Check("the outbox was full when the bridge was restarted", waiting == sent[before] > 0, f"{waiting} waited"),
        Check("what came before the upgrade keeps its old name", named[OLD] == sent[before], f"{named[OLD]} {OLD!r}"),
        Check("what came after it has the new one", named[NEW] == sent[after], f"{named[NEW]} {NEW!r}"),
        Check(
            "every event arrived once",
            len({row["$insert_id"] for row in rows}) == len(rows) and sum(named.values()) == sum(sent.values()),
            f"{sum(named.values())} of {sum(sent.values())}",
        ),
    )
