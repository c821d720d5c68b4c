"""What OneSignal knows of an id: the user, what happened to messages, and the custom events that came."""

from collections.abc import Iterator

import orjson

from fake_onesignal.messages import MessageEvent
from simulator.simulation import Simulation


def known_at_onesignal(simulation: Simulation, wanted: str) -> Iterator[str]:
    """Tell it in lines: first who it is, then what happened, in the order of time."""
    yield from _person(simulation, wanted)
    for event in simulation.onesignal.message_events(simulation.app.id):
        if concerns(event, wanted):
            whose = event.external_id or "an anonymous user"
            yield (
                f"{event.at:%Y-%m-%d %H:%M:%S} {event.kind} (event {event.id}): message {event.message_id} "
                f"on {event.device_type} subscription {event.subscription_id} of {whose}"
            )
            yield from _decided(simulation, event.kind, event.external_id)
    yield from _custom_events(simulation, wanted)


def concerns(event: MessageEvent, wanted: str) -> bool:
    """Whether a message event is about an event, a message, a subscription or a user."""
    return wanted in {event.id, event.message_id, event.subscription_id, event.external_id, event.onesignal_id}


def _person(simulation: Simulation, wanted: str) -> Iterator[str]:
    state = simulation.onesignal.world.apps[simulation.app.id]
    user = state.users.get(wanted) or state.user_by("external_id", wanted)
    if user is None:
        return
    cohorts = sorted(
        cohort.name for cohort in state.cohorts.values() if user.onesignal_id in state.cohort_members.get(cohort.id, ())
    )
    yield (
        f"OneSignal ID {user.onesignal_id} is user {user.external_id or 'nobody yet'}: subscriptions "
        f"{len(user.subscription_ids)}, subscribed {user.subscribed}, cohorts {', '.join(map(repr, cohorts)) or 'none'}"
    )


def _custom_events(simulation: Simulation, wanted: str) -> Iterator[str]:
    keys = {wanted, *_keys_of(simulation, wanted)}
    for event in simulation.onesignal.messaging.custom_events(simulation.app.id):
        if not keys.isdisjoint({event.id, event.idempotency_key, event.external_id, event.onesignal_id}):
            yield (
                f"{event.at:%Y-%m-%d %H:%M:%S} custom event {event.name!r} (idempotency key "
                f"{event.idempotency_key or 'none'}) of {event.external_id or event.onesignal_id}, "
                f"came {event.received_at:%H:%M:%S}"
            )


def _keys_of(simulation: Simulation, wanted: str) -> Iterator[str]:
    """Give the idempotency keys under which the bridge sends an event of Amplitude."""
    for delivery in simulation.bridge.deliveries() if simulation.connection is not None else ():
        if delivery.direction == "custom_events" and delivery.source_id == wanted:
            yield orjson.loads(delivery.payload)["idempotency_key"]


def _decided(simulation: Simulation, kind: str, external_id: str) -> Iterator[str]:
    contract, connection = simulation.bridge_contract, simulation.connection
    if kind not in contract:
        yield f"    the connection does not send {kind}: it is not among its selected events"
    elif not external_id and connection is not None:
        kept = "and is kept under its device" if connection.anonymous == "keep" else "and is not sent"
        yield f"    to Amplitude it is {contract[kind]!r}, has no user id, {kept}: anonymous = {connection.anonymous!r}"
    else:
        yield f"    to Amplitude it is {contract[kind]!r}"
