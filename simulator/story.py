"""What a scenario is: a story that plays on a simulation, takes typed parameters, and ends with what must be true."""

import inspect
import pkgutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from importlib.metadata import entry_points
from typing import Any, Final, Literal, get_args, get_origin

from simulator.errors import WrongUsageError, no_such

_GROUP: Final = "simulator.scenarios"
_WORDS: Final = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}

Limits = Literal["off", "documented"]


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that must be true at the end of a story, in words a marketer reads, and what was seen."""

    name: str
    holds: bool
    detail: str


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a story's account.

    `users` and `subscriptions` are how many of each the line holds; `count` of `unit` is the one that is added up, with
    the `sign` that it has in the sum ("=" for what a sum comes to).
    """

    reason: str
    users: int
    subscriptions: int
    count: int
    unit: str = ""
    sign: Literal["", "-", "+", "="] = ""


def _nobody(_: str) -> Iterable[str]:
    return ()


@dataclass(frozen=True, slots=True)
class Ending:
    """How a story ended: its checks, its account, and where it can be looked at.

    `explain` tells in words why one user is where it is; `everybody` lists each user with the reason of its row.
    """

    checks: tuple[Check, ...]
    account: tuple[Line, ...] = ()
    cohort_id: str | None = None
    segment_id: str | None = None
    explain: Callable[[str], Iterable[str]] = _nobody
    everybody: Iterable[tuple[str, str]] = ()

    @property
    def holds(self) -> bool:
        """Whether every check holds."""
        return all(check.holds for check in self.checks)


@dataclass(frozen=True, slots=True)
class Story:
    """A scenario as it was found: one module with `play(simulation, **parameters)`."""

    name: str
    summary: str
    play: Callable[..., Ending]
    limits: Limits

    @property
    def parameters(self) -> Mapping[str, inspect.Parameter]:
        """The typed parameters of the story, by name."""
        found = inspect.signature(self.play, eval_str=True).parameters
        return {name: parameter for name, parameter in found.items() if parameter.kind is parameter.KEYWORD_ONLY}

    @property
    def defaults(self) -> dict[str, Any]:
        """What each parameter is when nobody sets it."""
        return {name: parameter.default for name, parameter in self.parameters.items()}

    def read_parameters(self, settings: Iterable[str]) -> dict[str, Any]:
        """Read `key=value` settings into the types of the parameters."""
        known = self.parameters
        chosen = self.defaults
        for setting in settings:
            name, equals, text = setting.partition("=")
            if not equals:
                raise WrongUsageError(f"{setting!r} is not of the form key=value")
            if name not in known:
                raise no_such("parameter", name, known, of=f" of {self.name}")
            chosen[name] = _read(name, text, known[name].annotation)
        return chosen


def stories() -> Iterator[Story]:
    """Find every scenario, also those that other packages bring, in the order of their names."""
    found: dict[str, Story] = {}
    for point in entry_points(group=_GROUP):
        package = import_module(point.value)
        for module in pkgutil.iter_modules(package.__path__):
            scenario = import_module(f"{point.value}.{module.name}")
            if hasattr(scenario, "play"):
                found[module.name] = _story(module.name, scenario)
    yield from (found[name] for name in sorted(found))


def story(name: str) -> Story:
    """Find one scenario by name."""
    found = {each.name: each for each in stories()}
    if name not in found:
        raise no_such("scenario", name, found)
    return found[name]


def _story(name: str, scenario: Any) -> Story:
    summary = (inspect.getdoc(scenario) or "").splitlines()[0]
    return Story(name, summary, scenario.play, getattr(scenario, "LIMITS", "documented"))


def _read(name: str, text: str, annotation: Any) -> Any:
    try:
        return _read_as(text, annotation)
    except (KeyError, ValueError) as error:
        choices = get_args(annotation)
        wanted = " or ".join(map(str, choices)) if get_origin(annotation) is Literal else _type_name(annotation)
        raise WrongUsageError(f"parameter {name!r} takes {wanted}, not {text!r}") from error


def _read_as(text: str, annotation: Any) -> Any:
    if annotation is bool:
        return _WORDS[text.lower()]
    if get_origin(annotation) is Literal:
        return {str(choice): choice for choice in get_args(annotation)}[text]
    if get_origin(annotation) is tuple:
        return tuple(get_args(annotation)[0](part) for part in text.split(","))
    return annotation(text)


def _type_name(annotation: Any) -> str:
    if get_origin(annotation) is tuple:
        return f"{get_args(annotation)[0].__name__}s separated by commas"
    return "true or false" if annotation is bool else f"{annotation.__name__}"
