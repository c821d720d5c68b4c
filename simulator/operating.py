"""What the people who run the integration do in a story, where a command line or a dashboard would do it."""

from collections.abc import Sequence

from bridge.records import Direction
from bridge.replay import ReplayPlan, ReplayScope
from fake_amplitude.streams import EventDestination, Webhook
from simulator.connecting import door_of, secret_of
from simulator.errors import WrongUsageError
from simulator.simulation import Simulation


def replay_buried(simulation: Simulation, direction: Direction) -> ReplayPlan:
    """Send again what was buried on one way, as `bridge replay` does; say what was and what was not."""
    return simulation.bridge.desk.replay(ReplayScope(connection="main", direction=direction))


def stream_events(
    simulation: Simulation, *, event_types: Sequence[str] | None = None, event_properties: Sequence[str] = ()
) -> EventDestination:
    """Stream Amplitude's events to the bridge's door for custom events, of every type unless some are chosen."""
    if simulation.connection is None:
        raise WrongUsageError("nothing is connected yet; call `connect` first")
    target = Webhook(f"{door_of(simulation.connection)}/custom-events", secret_of(simulation.connection))
    return simulation.amplitude[simulation.region].dashboard.add_event_destination(
        simulation.project,
        name="Bridge",
        target=target,
        event_types=event_types,
        event_properties=event_properties,
    )
