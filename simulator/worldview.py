"""A world in flat lines, as both vendors answer and the bridge counts: what two snapshots are compared by."""

from collections.abc import Iterator
from typing import get_args

from simulator.hosts import Region
from simulator.simulation import Simulation


def differences(before: Simulation, after: Simulation) -> Iterator[str]:
    """Say what differs between two worlds; both are asked over HTTP, which may let their clocks go on."""
    old, new = dict(world(before)), dict(world(after))
    for what in sorted(old.keys() | new.keys()):
        if what not in old:
            yield f"+ {what}: {new[what]}"
        elif what not in new:
            yield f"- {what}: {old[what]}"
        elif old[what] != new[what]:
            yield f"~ {what}: {old[what]} -> {new[what]}"


def world(simulation: Simulation) -> Iterator[tuple[str, str]]:
    """Go through everything worth comparing: what it is, and how it stands."""
    yield "clock", f"{simulation.clock.now():%Y-%m-%d %H:%M:%S}"
    yield from _onesignal(simulation)
    for region in get_args(Region):
        yield from _amplitude(simulation, region)
    yield from _bridge(simulation)


def _onesignal(simulation: Simulation) -> Iterator[tuple[str, str]]:
    reader = simulation.onesignal_reader()
    for channel in reader.channels():
        state = "subscribed" if channel.subscribed else "not subscribed"
        yield f"OneSignal subscription {channel.subscription_id}", f"{channel.external_id or 'nobody'}, {state}"
    for segment in reader.calls.get(f"/apps/{simulation.app.id}/segments")["segments"]:
        yield f"OneSignal segment {segment['name']!r}", f"{reader.segment_count(segment['id'])} subscriptions"
    for message in reader.messages():
        counts = ", ".join(f"{message[what] or 0} {what}" for what in ("successful", "received", "converted", "failed"))
        yield f"OneSignal message {message['id']}", counts


def _amplitude(simulation: Simulation, region: Region) -> Iterator[tuple[str, str]]:
    calls = simulation.amplitude_api(region)
    for cohort in calls.get("/api/3/cohorts")["cohorts"]:
        yield f"Amplitude {region} cohort {cohort['name']!r}", f"{cohort['size']} users"
    for event in calls.get("/api/2/events/list")["data"]:
        yield f"Amplitude {region} event {event['value']!r}", f"{event['totals']} this week"


def _bridge(simulation: Simulation) -> Iterator[tuple[str, str]]:
    if simulation.connection is None:
        return
    for connection in simulation.bridge.status().connections:
        for what in ("events", "cohorts", "custom_events"):
            account = getattr(connection, what)
            fate = f"{account.waiting} waiting, {account.delivered} delivered, {sum(account.buried.values())} buried"
            yield f"bridge {connection.name} {what}", fate
