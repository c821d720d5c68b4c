"""The weather on the wire: what is armed, what it strikes; what can never strike is refused when it is armed."""

import random
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from simulator.disturbances import Disturbance
from simulator.errors import WrongUsageError, no_such
from simulator.occasions import When

_METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "HEAD")


@dataclass(slots=True)
class Armed:
    """A disturbance waiting for its calls.

    `matched` counts the calls that were meant, `struck` those it befell, `postponed` its turns that another rule took:
    it strikes the next calls instead.
    """

    what: Disturbance
    when: When
    matched: int = 0
    struck: int = 0
    postponed: int = 0

    def __str__(self) -> str:
        return f"{self.what}: {self.when}"

    @property
    def always_strikes(self) -> bool:
        """Whether it leaves nothing of the calls that it means to any other."""
        return self.when.numbers is None and self.when.chance >= 1


@dataclass(slots=True)
class Weather:
    """All that is armed on one network, and the chance that decides."""

    now: Callable[[], datetime]
    luck: random.Random
    hosts: Callable[[], Collection[str]]
    armed: list[Armed] = field(default_factory=list)

    def disturb(self, what: Disturbance, when: When) -> Armed:
        """Arm a disturbance; one that could never strike is refused with the reason."""
        self._refuse_the_impossible(when)
        rule = Armed(what, when)
        self.armed.append(rule)
        return rule

    def calm(self) -> None:
        """Disarm everything."""
        self.armed.clear()

    def strikes(self, method: str, url: str, body: bytes) -> Disturbance | None:
        """Say what befalls this call: every rule counts it, and of those whose turn it is the one armed first wins."""
        now = self.now()
        meant = [rule for rule in self.armed if rule.when.means(method, url, body, now)]
        turns = {id(rule): self._is_its_turn(rule) for rule in meant}
        striking = next((rule for rule in meant if turns[id(rule)] or rule.postponed), None)
        if striking is None:
            return None
        for rule in meant:
            rule.postponed += (rule.when.numbers is not None and turns[id(rule)]) - (rule is striking)
        striking.postponed = max(striking.postponed, 0)
        striking.struck += 1
        return striking.what

    def _is_its_turn(self, rule: Armed) -> bool:
        rule.matched += 1
        numbers, share = rule.when.numbers, rule.when.chance
        return (numbers is None or rule.matched in numbers) and (share >= 1 or self.luck.random() < share)

    def _refuse_the_impossible(self, when: When) -> None:
        if when.host is not None and when.host not in self.hosts():
            raise no_such("house on this street", when.host, self.hosts())
        if when.method is not None and when.method not in _METHODS:
            raise no_such("method", when.method, _METHODS)
        if when.numbers is not None and (len(when.numbers) == 0 or when.numbers.start < 1):
            raise WrongUsageError(
                f"can never strike: calls are counted from 1, not {min(when.numbers.start, when.numbers.stop - 1)}"
            )
        if not 0 < when.chance <= 1:
            raise WrongUsageError(f"can never strike: a chance of {when.chance}")
        if when.path is not None and not when.path.startswith(("/", "*")):
            raise WrongUsageError(f"can never strike: a path begins with / or *, unlike {when.path!r}")
        if when.until is not None and (when.until <= self.now() or when.until <= (when.since or when.until.min)):
            raise WrongUsageError("can never strike: its time is over before it begins")
        first = next((rule for rule in self.armed if rule.always_strikes and rule.when.covers(when)), None)
        if first is not None:
            raise WrongUsageError(f"can never strike: {str(first)!r} strikes every such call before it")
