"""After a logout a device's messages are still credited to whoever used it last.

The bridge gives Amplitude the subscription as the device id. When somebody logs out, OneSignal makes the device
nobody's; Amplitude, however, credits events without a user to the last user of the device. A connection that keeps
events of anonymous devices therefore tells Amplitude that the person who left was written to. A connection that drops
them (the default) does not.
"""

from simulator import Check, Ending, Simulation, delivery
from simulator.errors import require
from simulator.somebody import learn, phone, push


def play(simulation: Simulation, *, keep_anonymous: bool = True, messages: int = 2) -> Ending:
    """Write to a phone before and after its owner logs out, and see whom Amplitude credits."""
    require(1, messages=messages)
    simulation.connect(anonymous="keep" if keep_anonymous else "drop")
    learn(simulation, "the-owner")
    device = phone(simulation, "the-owner")
    push(simulation, "Before the logout")
    simulation.run_until_quiet()
    device.logout()
    for number in range(messages):
        push(simulation, f"After the logout, {number + 1}")
        simulation.wait(600)  # ten messages a subscription in a quarter of an hour, and OneSignal disables the app
    simulation.run_until_quiet()

    credited = sum(
        event["event_type"] == "Push Pending Delivery" for event in simulation.amplitude_reader().events_of("the-owner")
    )
    leaked = messages if keep_anonymous else 0
    found = sum(note.count for note in delivery.notes(simulation) if note.code == "B18")
    owner = simulation.onesignal_reader().subscription_count("the-owner")
    return Ending(
        checks=(
            Check("in OneSignal the device is nobody's", owner == 0, f"the owner has {owner} subscriptions"),
            Check(
                f"Amplitude credits {'every' if keep_anonymous else 'no'} later message to the owner",
                credited == 1 + leaked,
                f"{credited} of {1 + messages} messages",
            ),
            Check("the leak is found by its reason, B18", found == leaked, f"{found} events"),
        )
    )
