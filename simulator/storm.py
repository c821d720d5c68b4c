"""A storm: people and bad weather drawn from one seed, then calm, then the laws."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from simulator.disturbances import KINDS
from simulator.laws import laws
from simulator.moving_in import move_in
from simulator.occasions import chance
from simulator.population import USUAL
from simulator.recipients import Attention
from simulator.simulation import BRIDGE_HOST, Simulation
from simulator.story import Check

COHORT: Final = "Subscribers"
_HOSTS: Final = (BRIDGE_HOST, "api2.amplitude.com", "api.onesignal.com")
_ROUNDS: Final = 6
_LASTING: Final = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class Gust:
    """One kind of trouble on the way to one host, with the share of calls it befalls."""

    kind: str
    host: str
    share: float

    def __str__(self) -> str:
        return f"{self.kind} for {self.share:.0%} of calls to {self.host}"


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a storm left behind: its gusts, and every law with whether it holds."""

    seed: int
    people: int
    gusts: tuple[Gust, ...]
    checks: tuple[Check, ...]
    exchanges: int
    digest: str

    @property
    def holds(self) -> bool:
        """Whether every law holds."""
        return all(check.holds for check in self.checks)

    @property
    def again(self) -> str:
        """The one command that repeats this storm."""
        return f"simulator storm --seeds 1 --first {self.seed} --people {self.people}"


def storm(seed: int, *, people: int = 20, gusts: tuple[Gust, ...] | None = None) -> Aftermath:
    """Let one storm rage: `gusts` are drawn from the seed unless they are given."""
    simulation = Simulation(seed)
    luck = simulation.luck("storm")
    raging = forecast(luck) if gusts is None else gusts
    simulation.connect()
    move_in(simulation, USUAL.people(people, simulation.luck("people")), lessons=lambda _: 1)
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    simulation.recipients.attention = Attention(confirmed=0.7, clicked=0.3, uninstalled=0.02)
    for gust in raging:
        simulation.network.disturb(KINDS[gust.kind], chance(gust.share).to(gust.host))
    _live(simulation, luck, people)
    simulation.network.calm()
    simulation.run_for(_LASTING)
    simulation.run_until_quiet()
    checks = laws(simulation, {COHORT: cohort_id})
    digest = simulation.digest()
    simulation.close()
    return Aftermath(seed, people, raging, checks, len(simulation.journal), digest)


def forecast(luck: random.Random) -> tuple[Gust, ...]:
    """Draw between one and five gusts."""
    return tuple(
        Gust(luck.choice(sorted(KINDS)), luck.choice(_HOSTS), round(luck.uniform(0.05, 0.4), 2))
        for _ in range(luck.randint(1, 5))
    )


def shrink(aftermath: Aftermath, again: Callable[..., Aftermath] = storm) -> Aftermath:
    """Reduce a storm that broke a law to the fewest people and gusts that still do."""
    smallest = aftermath
    while True:
        for people, gusts in _smaller(smallest):
            tried = again(smallest.seed, people=people, gusts=gusts)
            if not tried.holds:
                smallest = tried
                break
        else:
            return smallest


def _smaller(aftermath: Aftermath) -> list[tuple[int, tuple[Gust, ...]]]:
    fewer_people = [(people, aftermath.gusts) for people in {aftermath.people // 2, aftermath.people - 1} if people > 0]
    gusts = aftermath.gusts
    without_one = [(aftermath.people, gusts[:number] + gusts[number + 1 :]) for number in range(len(gusts))]
    return sorted(fewer_people, key=lambda each: each[0]) + without_one


def _live(simulation: Simulation, luck: random.Random, people: int) -> None:
    """Let people change their plan, and marketers send messages, for some hours."""
    onesignal, amplitude = simulation.onesignal_api(), simulation.amplitude_ingestion()
    crowd = list(USUAL.people(people, simulation.luck("people")))
    for _ in range(_ROUNDS):
        for person in luck.sample(crowd, k=max(1, people // 4)):
            properties = {"plan": luck.choice(("pro", "pro", "free"))}
            event = {"user_id": person.external_id, "event_type": "Plan Changed", "user_properties": properties}
            amplitude.post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})
        message = {"included_segments": ["Total Subscriptions"], "contents": {"en": "Hello"}, "target_channel": "push"}
        onesignal.post("/notifications", {"app_id": simulation.app.id, **message})
        simulation.run_for(timedelta(minutes=luck.randint(1, 90)))
