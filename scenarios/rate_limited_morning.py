"""One user's app talks too much on the morning of a push: Amplitude lets that user wait, and nobody else.

Amplitude takes 30 events a second of one user, averaged over 30 seconds, and names whoever is over it in its 429. The
bridge sends the others at once, waits as long as it is told to with that one, and does not come back before.
"""

from datetime import datetime, timedelta

from simulator import Check, Ending, Simulation
from simulator.errors import require
from simulator.laws import come_to_rest, laws
from simulator.moving_in import move_in
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import push
from simulator.verdicts import verdicts

WINDOW_S = 30
EVENTS_IN_A_WINDOW = 900
SENT = "Push Pending Delivery"


def play(simulation: Simulation, *, people: int = 10, talkative: int = 1) -> Ending:
    """Let the apps of some `talkative` people use up what Amplitude takes of each, and push to everybody."""
    require(1, people=people, talkative=talkative)
    simulation.connect()
    crowd = list(EVERYBODY_IS_REACHED.people(people, simulation.luck("people")))
    move_in(simulation, crowd, lessons=lambda _: 0)
    simulation.run_until_quiet()
    busy = {person.external_id for person in crowd[:talkative]}
    for who in sorted(busy):
        events = [{"user_id": who, "event_type": "Scrolled"} for _ in range(EVENTS_IN_A_WINDOW)]
        simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": events})
    began = simulation.clock.now()
    push(simulation, "Good morning")
    calm = come_to_rest(simulation)

    rows = [
        row
        for row in simulation.amplitude_reader().exported(began, simulation.clock.now())
        if row["event_type"] == SENT
    ]
    late = {
        row["user_id"] for row in rows if _arrived(row["server_upload_time"]) - began >= timedelta(seconds=WINDOW_S)
    }
    expected = busy & {row["user_id"] for row in rows} if simulation.limits == "documented" else set()
    sins = verdicts(simulation.journal, senders=("bridge",))
    return Ending(
        checks=(
            Check(
                "everybody who talked too much had to wait, and nobody else", late == expected, f"{len(late)} waited"
            ),
            Check("the bridge did not come back before it was told to", not sins, f"{[str(sin) for sin in sins]}"),
            *laws(simulation, {}, calm=calm),
        )
    )


def _arrived(moment: str) -> datetime:
    return datetime.fromisoformat(f"{moment}+00:00")
