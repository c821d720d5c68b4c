"""The clock on the control port: read it, freeze it, let it run faster, let time pass at once."""

from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, jsonify, request

from simulator.driver import Driver
from simulator.errors import WrongUsageError, no_such
from simulator.schedule import NeverQuietError

routes = Blueprint("clock", __name__, url_prefix="/clock")


@routes.get("")
def show() -> Response:
    """Tell the time, the speed (0: frozen) and when anything is due next."""
    simulation, _, _ = current_app.extensions["control"]
    due = simulation.schedule.next_due()
    return jsonify(
        now=simulation.clock.now().isoformat(),
        speed=simulation.clock.speed,
        next_due=None if due is None else due.isoformat(),
    )


@routes.put("")
def set_speed() -> Response:
    """Set `{"speed": 60}`: a minute passes in a second; 0 freezes the clock."""
    _driver().set_speed(_number("speed"))
    return show()


@routes.post("/advance")
def advance() -> Response:
    """Let `{"seconds": 3600}` pass at once, with everything that is due on the way."""
    seconds = _number("seconds")
    try:
        length = timedelta(seconds=seconds)
    except OverflowError as error:
        raise WrongUsageError(f"'seconds' cannot be {seconds}") from error
    _driver().run_for(length)
    return show()


@routes.post("/jump")
def jump() -> Response:
    """Go to the next moment at which anything is due, and do it."""
    _driver().jump()
    return show()


@routes.post("/quiet")
def run_until_quiet() -> Response:
    """Let time pass until nothing is due within ten minutes."""
    _driver().run_until_quiet()
    return show()


@routes.errorhandler(WrongUsageError)
def wrong(error: WrongUsageError) -> tuple[Response, int]:
    """Say in one line what is wrong."""
    return jsonify(error=str(error)), 400


@routes.errorhandler(NeverQuietError)
def never_quiet(error: NeverQuietError) -> tuple[Response, int]:
    """Say that the street does not come to rest."""
    return jsonify(error=f"the street does not come to rest: {error}"), 409


def _driver() -> Driver:
    driver: Driver = current_app.extensions["control"][2]
    return driver


def _number(name: str) -> float:
    body: Any = request.get_json(force=True, silent=True)
    number = body.get(name) if isinstance(body, dict) else None
    if isinstance(number, bool) or not isinstance(number, int | float) or number != number:  # noqa: PLR0124  # NaN
        raise WrongUsageError(f'the body must be a JSON object with a number {name!r}, as {{"{name}": 60}}')
    for other in body:
        if other != name:
            raise no_such("word", other, [name], of=" about the clock")
    return float(number)
