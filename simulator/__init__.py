"""The street: clock, network, people and devices, and the account of what differs."""

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from simulator.simulation import Simulation
    from simulator.story import Check, Ending

__all__ = ["Check", "Ending", "Simulation"]


def __getattr__(name: str) -> Any:
    """Load the houses only when they are asked for: pytest imports this package at every start."""
    if name == "Simulation":
        from simulator.simulation import Simulation  # noqa: PLC0415  # see above

        return Simulation
    if name in __all__:
        from simulator import story  # noqa: PLC0415  # see above

        return getattr(story, name)
    raise AttributeError(name)
