"""The weather on the control port: what may go wrong is armed, shown and ended by programs in any language."""

from typing import Any, Final

import msgspec
from flask import Blueprint, Response, current_app, jsonify, request

from simulator.disturbances import KINDS
from simulator.errors import WrongUsageError, no_such
from simulator.occasions import When
from simulator.simulation import Simulation

routes = Blueprint("weather", __name__, url_prefix="/weather")
_EXAMPLE: Final = '{"what": "answer lost", "first": 3, "to": "api2.amplitude.com"}'


class Forecast(msgspec.Struct, frozen=True):
    """What goes wrong (a kind by its name) and with which calls; what is not said does not matter."""

    what: str
    first: int | None = None
    nth: int | None = None
    chance: float = 1.0
    to: str | None = None
    by: str | None = None
    at: str | None = None
    about: str | None = None
    of: str | None = None

    @property
    def when(self) -> When:
        """The calls that are meant."""
        if self.first is not None and self.nth is not None:
            raise WrongUsageError("weather strikes either the 'first' calls or the 'nth', not both")
        numbers = range(1, self.first + 1) if self.first is not None else None
        if self.nth is not None:
            numbers = range(self.nth, self.nth + 1)
        return When(numbers, self.chance, self.to, self.by, self.at, self.about, self.of)


@routes.get("")
def show() -> Response:
    """List what is armed, how often it was meant and how often it struck; and every kind there is."""
    armed = [
        {"what": str(rule.what), "when": str(rule.when), "matched": rule.matched, "struck": rule.struck}
        for rule in _simulation().network.weather.armed
    ]
    return jsonify(armed=armed, kinds={name: str(kind) for name, kind in KINDS.items()})


@routes.post("")
def disturb() -> tuple[Response, int]:
    """Arm one kind of trouble: `{"what": "503", "first": 3, "to": "api2.amplitude.com", "at": "/batch"}`."""
    forecast = _read(request.get_json(force=True, silent=True))
    if forecast.what not in KINDS:
        raise no_such("kind of trouble", forecast.what, KINDS)
    rule = _simulation().network.disturb(KINDS[forecast.what], forecast.when)
    return jsonify(armed=str(rule)), 201


@routes.delete("")
def calm() -> Response:
    """End all bad weather; whatever is still under way arrives now."""
    _simulation().network.calm()
    return show()


@routes.errorhandler(WrongUsageError)
def wrong(error: WrongUsageError) -> tuple[Response, int]:
    """Say in one line what is wrong."""
    return jsonify(error=str(error)), 400


def _simulation() -> Simulation:
    simulation: Simulation = current_app.extensions["control"][0]
    return simulation


def _read(body: Any) -> Forecast:
    if not isinstance(body, dict):
        raise WrongUsageError(f"the body must be a JSON object, as {_EXAMPLE}")
    known = Forecast.__struct_fields__
    for name in body:
        if name not in known:
            raise no_such("word", name, known, of=" about weather")
    try:
        return msgspec.convert(body, Forecast)
    except msgspec.ValidationError as error:
        raise WrongUsageError(f"{error}; weather is armed as {_EXAMPLE}") from error
