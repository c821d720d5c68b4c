"""A fault sweep: a scenario is played again for every call on the wire and every kind of fault; its laws must hold."""

import shlex
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from simulator.disturbances import KINDS, Disturbance
from simulator.laws import come_to_rest, laws
from simulator.occasions import When, nth
from simulator.simulation import Simulation
from simulator.telling import Telling
from simulator.weather import Armed
from simulator.wire_laws import NOTHING_OWED

_NEVER: Final = When(numbers=range(10**9, 10**9 + 1))
_SYNCED_WITHIN: Final = timedelta(minutes=130)  # two hourly syncs, and what they lead to


@dataclass(frozen=True, slots=True)
class Cell:
    """One play: which call was struck by which kind of fault, and the laws that this broke, with what was seen.

    `cut_short` says why the story could not be told to its end: then only what the bridge did until there is judged.
    Debts and cohorts are not, for the story may not have come to what mends a key or a plan.
    """

    call: int
    kind: str
    struck: str
    broken: tuple[tuple[str, str], ...]
    cut_short: str = ""


@dataclass(frozen=True, slots=True)
class Sweep:
    """All plays of one telling; `calls` is how many calls there are when nothing goes wrong."""

    telling: Telling
    calls: int
    cells: tuple[Cell, ...]

    @property
    def holds(self) -> bool:
        """Whether no fault broke any law."""
        return not any(cell.broken for cell in self.cells)

    def again(self, cell: Cell) -> str:
        """Write the one command that repeats one cell."""
        telling = self.telling
        settings = [word for setting in telling.settings for word in ("--set", setting)]
        limits = ["--limits", telling.limits] if telling.limits else []
        words = [telling.scenario, "--seed", str(telling.seed), *settings, *limits]
        return shlex.join(["simulator", "sweep", *words, "--calls", str(cell.call), "--kind", cell.kind])


def count_calls(telling: Telling) -> tuple[int, frozenset[str]]:
    """Play once in good weather: how many calls there are, and which laws hold then."""
    simulation = telling.begin()
    counter = Armed(KINDS["503"], _NEVER)
    simulation.network.weather.armed.append(counter)
    telling.tell(simulation)
    calls = counter.matched
    held = frozenset(name for name, holds, _ in _judged(simulation) if holds)
    simulation.close()
    return calls, held


def sweep(telling: Telling, calls: Sequence[int], kinds: Collection[str], held: frozenset[str]) -> Iterator[Cell]:
    """Play once for each of `calls` and each of `kinds`; of the laws those count that are `held` in good weather."""
    for call in calls:
        for kind in kinds:
            yield play_cell(telling, call, kind, held)


def play_cell(telling: Telling, call: int, kind: str, held: frozenset[str]) -> Cell:
    """Play a scenario in which one call is struck, let the street come to rest, and look at its laws."""
    simulation = telling.begin()
    armed = simulation.network.disturb(KINDS[kind], nth(call))
    cut_short = ""
    try:
        telling.tell(simulation)
    except Exception as error:  # noqa: BLE001  # the story itself was not made for this fault
        cut_short = f"{type(error).__name__}: {error}"
    judged = _judged(simulation) if not cut_short else _judged_midway(simulation)
    broken = tuple((name, detail) for name, holds, detail in judged if not holds and name in held)
    struck = _struck(simulation, armed.what) if armed.struck else "the call did not come"
    simulation.close()
    return Cell(call, kind, struck, broken, cut_short)


def _judged(simulation: Simulation) -> list[tuple[str, bool, str]]:
    """Bring the street to rest, let cohorts sync once more, and check every law.

    Amplitude gives up a sync after some failures, and says so: such a cohort is not held against its segment.
    """
    simulation.network.calm()
    if simulation.connection is None:
        return []
    calm = come_to_rest(simulation)
    simulation.run_for(_SYNCED_WITHIN)
    simulation.run_until_quiet()
    cohorts = simulation.amplitude_reader().calls.get("/api/3/cohorts")["cohorts"]
    synced = {one["name"]: one["id"] for one in cohorts if _was_synced(simulation, one["id"])}
    return [(check.name, check.holds, check.detail) for check in laws(simulation, synced, calm=calm)]


def _judged_midway(simulation: Simulation) -> list[tuple[str, bool, str]]:
    """Check what must be true at any time, whether or not somebody will mend what the story has broken."""
    simulation.network.calm()
    if simulation.connection is None:
        return []
    come_to_rest(simulation)
    return [(check.name, check.holds, check.detail) for check in laws(simulation, {}) if check.name != NOTHING_OWED]


def _was_synced(simulation: Simulation, cohort_id: str) -> bool:
    runs = simulation.sync_history(cohort_id)
    return bool(runs) and runs[-1].status == "Successful"


def _struck(simulation: Simulation, what: Disturbance) -> str:
    """Say which call was struck."""
    hit = next((exchange for exchange in simulation.journal if exchange.weather == str(what)), None)
    return "a call long ago" if hit is None else f"{hit.sender}: {hit.method} {hit.host}{hit.path}"
