"""What decides how a story goes: scenario, seed, settings, limits; the same telling gives the same bytes anywhere."""

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from simulator.narration import Narrator
from simulator.simulation import Simulation
from simulator.story import Ending, Limits, Story, story


@dataclass(frozen=True)
class Telling:
    """One way to tell a scenario; `settings` are `key=value` as on the command line, `limits` None the story's own.

    Raises `WrongUsageError` for a scenario or a setting that does not exist.
    """

    scenario: str
    seed: int = 7
    settings: tuple[str, ...] = ()
    limits: Limits | None = None

    def __post_init__(self) -> None:
        """Read the settings, so that a telling that exists can be told."""
        _ = self.parameters

    @cached_property
    def story(self) -> Story:
        """The scenario itself."""
        return story(self.scenario)

    @cached_property
    def parameters(self) -> dict[str, Any]:
        """The typed parameters that the settings come to."""
        return self.story.read_parameters(self.settings)

    def begin(self, narrator: Narrator | None = None) -> Simulation:
        """Make the street on which the story will play."""
        return Simulation(self.seed, limits=self.limits or self.story.limits, narrator=narrator)

    def tell(self, simulation: Simulation) -> Ending:
        """Play the story to its end."""
        return self.story.play(simulation, **self.parameters)
