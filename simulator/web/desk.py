"""A desk: where a program of any language does what people do in a vendor's browser pages and no REST route does."""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec

from simulator.errors import WrongUsageError, no_such

Reading = tuple[str, Callable[[Any], Any]]


@dataclass(frozen=True, slots=True)
class Desk:
    """The verbs with the types of their parameters, and the objects whose methods they are.

    `readings` are for parameters that JSON cannot give as the method takes them: what the method calls it, and how it
    is read. Everything raises WrongUsageError, in one line with the nearest right name.
    """

    verbs: Mapping[str, Mapping[str, Any]]
    owners: tuple[object, ...]
    readings: Mapping[str, Reading] = field(default_factory=dict)

    def act(self, name: str, given: Mapping[str, Any]) -> Any:
        """Do it, and give what became of it; raises what the verb raises."""
        method = self.method_of(name)
        return method(**self._parameters(name, method, given))

    def method_of(self, name: str) -> Callable[..., Any]:
        """Find the method that a verb is."""
        if name not in self.verbs:
            raise no_such("verb", name, self.verbs)
        method: Callable[..., Any] = next(getattr(owner, name) for owner in self.owners if hasattr(owner, name))
        return method

    def _parameters(self, name: str, method: Callable[..., Any], given: Mapping[str, Any]) -> dict[str, Any]:
        known = self.verbs[name]
        for parameter in given:
            if parameter not in known:
                raise no_such("parameter", parameter, known, of=f" of {name}")
        checked = {parameter: self._checked(name, parameter, value) for parameter, value in given.items()}
        asked = inspect.signature(method).parameters
        for parameter in known:
            meant = self._reading(parameter)[0]
            if meant in asked and asked[meant].default is inspect.Parameter.empty and parameter not in given:
                raise WrongUsageError(f"{name} needs the parameter {parameter!r}")
        readings = ((*self._reading(parameter), value) for parameter, value in checked.items())
        return {meant: read(value) for meant, read, value in readings}

    def _checked(self, name: str, parameter: str, value: object) -> Any:
        try:
            return msgspec.convert(value, self.verbs[name][parameter])
        except msgspec.ValidationError as error:
            raise WrongUsageError(f"parameter {parameter!r} of {name}: {error}") from error

    def _reading(self, parameter: str) -> Reading:
        return self.readings.get(parameter, (parameter, _as_it_is))


def _as_it_is(value: Any) -> Any:
    return value
