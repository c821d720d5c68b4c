"""A storm: people and bad weather drawn from one seed, then calm, then the laws."""

import random
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from simulator.disturbances import KINDS
from simulator.errors import WrongUsageError, no_such
from simulator.hosts import BRIDGE_HOST
from simulator.laws import Before, come_to_rest, laws, tag_of
from simulator.moving_in import LESSON, move_in
from simulator.occasions import chance
from simulator.operating import stream_events
from simulator.population import USUAL, Person
from simulator.recipients import Attention
from simulator.simulation import Simulation
from simulator.somebody import PLAN_CHANGED, change_plan, push
from simulator.story import Check

COHORT: Final = "Subscribers"
TITLE: Final = {"en": 'Grüße & "News" <1>', "de": "Neues"}
CONTENTS: Final = {"en": "Fifty characters are what a stream keeps of a text, € 5 off 🎉", "ja": "こんにちは"}
MAIL: Final = {"target_channel": "email", "email_subject": 'Ihre "Grüße" & 2 % 🎉', "email_body": "<p>Hello</p>"}
TEXT: Final = {"target_channel": "sms", "contents": CONTENTS, "sms_from": "+15550000000"}
_HOSTS: Final = (BRIDGE_HOST, "api2.amplitude.com", "api.onesignal.com")
_GUST: Final = re.compile(r"(.+) for (\d+)% of calls to (\S+)")
_ROUNDS: Final = 3
_STREAMING: Final = 1 / 4  # of all storms let Amplitude's events flow to OneSignal, too
_SYNCED_WITHIN: Final = timedelta(minutes=75)  # an hourly sync, and what it leads to


@dataclass(frozen=True, slots=True)
class Gust:
    """One kind of trouble on the way to one host, with the share of calls it befalls."""

    kind: str
    host: str
    share: float

    def __str__(self) -> str:
        return f"{self.kind} for {self.share:.0%} of calls to {self.host}"

    @classmethod
    def read(cls, text: str) -> "Gust":
        """Read what a gust prints itself as."""
        found = _GUST.fullmatch(text)
        if found is None:
            raise WrongUsageError(f"{text!r} is no gust; one reads {str(cls('503', BRIDGE_HOST, 0.2))!r}")
        kind, share, host = found.groups()
        if kind not in KINDS:
            raise no_such("kind of trouble", kind, KINDS)
        return cls(kind, host, int(share) / 100)


@dataclass(frozen=True, slots=True)
class Aftermath:
    """What a storm left behind: its gusts, and every law with whether it holds."""

    seed: int
    people: int
    gusts: tuple[Gust, ...]
    checks: tuple[Check, ...]
    exchanges: int
    digest: str
    is_drawn: bool = True

    @property
    def holds(self) -> bool:
        """Whether every law holds."""
        return all(check.holds for check in self.checks)

    @property
    def again(self) -> str:
        """The one command that repeats this storm; its gusts are named when they are not those of the seed."""
        gusts = "".join(f" --gust '{gust}'" for gust in self.gusts) or " --calm"
        named = "" if self.is_drawn else gusts
        return f"simulator storm --seeds 1 --first {self.seed} --people {self.people}{named}"


def storm(seed: int, *, people: int = 20, gusts: tuple[Gust, ...] | None = None) -> Aftermath:
    """Let one storm rage: `gusts` are drawn from the seed unless they are given.

    Whatever breaks down on the way is an aftermath, too: one check that does not hold.
    """
    simulation = Simulation(seed)
    luck = simulation.luck("storm")
    drawn = forecast(simulation.luck("forecast"))
    raging = drawn if gusts is None else gusts
    try:
        checks = _lived_through(simulation, luck, people, raging)
    except Exception as error:  # noqa: BLE001  # a bridge that raises is found by its seed, too
        checks = (Check("nothing breaks down", False, f"{type(error).__name__}: {error}"),)
    digest, exchanges = simulation.digest(), len(simulation.journal)
    simulation.close()
    return Aftermath(seed, people, raging, checks, exchanges, digest, is_drawn=raging == drawn)


def _lived_through(
    simulation: Simulation, luck: random.Random, people: int, raging: Iterable[Gust]
) -> tuple[Check, ...]:
    simulation.connect(**climate(simulation.luck("climate")))
    assert simulation.connection is not None
    crowd = list(inhabitants(simulation, people))
    move_in(simulation, crowd, lessons=lambda _: 1)
    cohort_id = simulation.property_cohort(COHORT, "plan", "pro")
    simulation.sync(cohort_id, "hourly")
    if simulation.luck("third flow").random() < _STREAMING:
        stream_events(simulation, event_types=(PLAN_CHANGED,))
    simulation.recipients.attention = Attention(confirmed=0.2, clicked=0.1, uninstalled=0.02)
    before = Before.of(
        simulation,
        event_types=(LESSON, PLAN_CHANGED),
        user_properties=("email", "plan"),
        cohort_tags=[tag_of(simulation.connection.tags.key, COHORT, cohort_id)],
    )
    for gust in raging:
        simulation.network.disturb(KINDS[gust.kind], chance(gust.share).to(gust.host))
    _live(simulation, luck, crowd)
    simulation.network.calm()
    calm = come_to_rest(simulation)
    simulation.run_for(_SYNCED_WITHIN)
    simulation.run_until_quiet()
    return laws(simulation, {COHORT: cohort_id}, before=before, calm=calm)


def forecast(luck: random.Random) -> tuple[Gust, ...]:
    """Draw between one and five gusts."""
    return tuple(
        Gust(luck.choice(sorted(KINDS)), luck.choice(_HOSTS), round(luck.uniform(0.05, 0.4), 2))
        for _ in range(luck.randint(1, 5))
    )


def climate(luck: random.Random) -> dict[str, Any]:
    """Draw how the bridge is set: its contract, what becomes of anonymous events, and the way of cohorts."""
    return {
        "contract": luck.choice(("2022", "2022", "2026")),
        "anonymous": luck.choice(("drop", "drop", "keep")),
        "membership": luck.choice(("modelled", "modelled", "tags")),
    }


def inhabitants(simulation: Simulation, people: int) -> Iterator[Person]:
    """Draw the people; some have ids that careless code cuts, folds or does not encode, or nearly a neighbour's."""
    before = ""
    for person in USUAL.people(people, simulation.luck("people")):
        odd = {3: f'{person.external_id}/ü %2F+"q"&=#', 5: f"{person.external_id}, Ltd.", 7: before.upper()}
        external_id = odd.get(person.number % 10, person.external_id)
        before = person.external_id
        yield person._replace(external_id=external_id)


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


def _live(simulation: Simulation, luck: random.Random, crowd: Sequence[Person]) -> None:
    """Let people change their plan for some hours; marketers push to all or those few, then write and push to few."""
    for round_ in range(_ROUNDS):
        few = luck.sample(crowd, k=max(1, len(crowd) // 4))
        for person in few:
            change_plan(simulation, person.external_id, luck.choice(("pro", "pro", "free")), seats=round_ / 2)
        to_few = {"include_aliases": {"external_id": [person.external_id for person in few]}}
        if round_ == 0:
            push(simulation, "News", headings=TITLE, contents=CONTENTS, **luck.choice(({}, to_few)))
        elif round_ == 1:
            push(simulation, "Letter", **luck.choice((MAIL, TEXT)), **to_few)
        elif round_ == _ROUNDS - 1:
            push(simulation, "For you", **to_few)
        simulation.run_for(timedelta(minutes=luck.randint(1, 90)))
