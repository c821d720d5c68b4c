"""What the operator of the bridge does in a story, where a command line would do it."""

from bridge.records import Direction
from bridge.replay import ReplayPlan, ReplayScope
from simulator.simulation import Simulation


def replay_buried(simulation: Simulation, direction: Direction) -> ReplayPlan:
    """Send again what was buried on one way, as `bridge replay` does; say what was and what was not."""
    return simulation.bridge.desk.replay(ReplayScope(connection="main", direction=direction))
