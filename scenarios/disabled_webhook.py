"""The bridge's door is broken for a morning: OneSignal switches the stream off, and what happens then is lost.

OneSignal tries an event a few times with growing delays, then gives it up. When too many in a row have failed it mails
the administrators and disables the stream: from then on events are not even tried, until somebody enables it again.
Nothing brings the gap back, and the numbers say how large it is.
"""

from datetime import timedelta

from simulator import Check, Ending, Simulation
from simulator.disturbances import Failing
from simulator.errors import require
from simulator.hosts import BRIDGE_HOST
from simulator.moving_in import move_in
from simulator.occasions import always
from simulator.population import EVERYBODY_IS_REACHED
from simulator.somebody import push

SENT = "Push Pending Delivery"
IN_A_ROW = 100  # after so many failures the stream is disabled (modelled: the number is not published)


def play(simulation: Simulation, *, people: int = 120) -> Ending:
    """Push to everybody while the door is broken, while the stream is disabled, and after it was enabled again."""
    require(IN_A_ROW + 1, people=people)
    simulation.connect()
    move_in(simulation, EVERYBODY_IS_REACHED.people(people, simulation.luck("people")), lessons=lambda _: 0)
    app = simulation.app.id
    simulation.network.disturb(Failing(500), always().to(BRIDGE_HOST))
    messages = [_push_and_wait(simulation, "Nobody hears of this")]
    simulation.network.calm()
    disabled = simulation.onesignal.event_streams(app)[0]
    mails = simulation.onesignal.messaging.admin_mails(app)
    messages.append(_push_and_wait(simulation, "The door is mended, the stream is off"))
    simulation.onesignal.messaging.enable_event_stream(app, disabled.stream_id)
    messages.append(_push_and_wait(simulation, "Welcome back"))

    reader = simulation.onesignal_reader()
    sent = [reader.statistics(message)["successful"] for message in messages]
    told = [_told(simulation, message) for message in messages]
    return Ending(
        checks=(
            Check("the stream was disabled", not disabled.is_enabled, f"{disabled.failed} events failed"),
            Check("the administrators got a mail", len(mails) > 0, f"{[mail.subject for mail in mails]}"),
            Check("OneSignal sent all three pushes", min(sent) >= people - 1, f"{sent}"),
            Check("Amplitude has nothing of the first two", told[:2] == [0, 0], f"{told[:2]} events"),
            Check("Amplitude has all of the third", told[2] == sent[2], f"{told[2]} of {sent[2]} events"),
        )
    )


def _push_and_wait(simulation: Simulation, text: str) -> str:
    message = push(simulation, text)
    simulation.run_for(timedelta(hours=1))
    return message


def _told(simulation: Simulation, message: str) -> int:
    rows = simulation.amplitude_reader().exported(simulation.began, simulation.clock.now())
    return sum(row["event_type"] == SENT and row["event_properties"]["delivery_id"] == message for row in rows)
