"""What people do in the vendors' browser pages, as JSON on the control port."""

from collections.abc import Callable, Mapping
from typing import Any, Final

import msgspec
from flask import Blueprint, Response, current_app, jsonify, request

from fake_amplitude.errors import AmplitudeError
from fake_onesignal.errors import OneSignalError
from simulator.errors import WrongUsageError, no_such
from simulator.simulation import Simulation
from simulator.web.amplitude_desk import amplitude_desk
from simulator.web.desk import Desk
from simulator.web.onesignal_desk import onesignal_desk

routes = Blueprint("dashboard", __name__)

_DESKS: Final[Mapping[str, Callable[[Simulation], Desk]]] = {
    "onesignal": lambda simulation: onesignal_desk(simulation.onesignal),
    "amplitude_us": lambda simulation: amplitude_desk(simulation.amplitude["US"]),
    "amplitude_eu": lambda simulation: amplitude_desk(simulation.amplitude["EU"]),
}


@routes.get("/dashboard", defaults={"vendor": "onesignal"})
@routes.get("/dashboard/<vendor>")
def verbs(vendor: str) -> Response:
    """List the verbs and the parameters of each."""
    return jsonify({name: list(parameters) for name, parameters in _desk(vendor).verbs.items()})


@routes.post("/dashboard/<name>", defaults={"vendor": "onesignal"})
@routes.post("/dashboard/<vendor>/<name>")
def act(vendor: str, name: str) -> Response:
    """Do what a person does in a dashboard: the parameters are the JSON body, the answer is what became of it."""
    desk, given = _desk(vendor), _given(name)
    try:
        done = desk.act(name, given)
    except WrongUsageError:
        raise
    except (LookupError, ValueError, RecursionError, OneSignalError, AmplitudeError) as error:
        raise WrongUsageError(f"{name}: {error}") from error
    return Response(msgspec.json.encode(done), content_type="application/json")


@routes.app_errorhandler(WrongUsageError)
def refuse(error: WrongUsageError) -> tuple[Response, int]:
    """Say in one line what was wrong, and the nearest right name."""
    return jsonify(error=str(error)), 400


def _desk(vendor: str) -> Desk:
    if vendor not in _DESKS:
        raise no_such("dashboard", vendor, _DESKS)
    return _DESKS[vendor](current_app.extensions["control"][0])


def _given(name: str) -> dict[str, Any]:
    """Read the parameters as they are sent; no body is no parameters."""
    body = request.get_data()
    try:
        return msgspec.json.decode(body, type=dict[str, Any]) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongUsageError(f"{name} takes a JSON object: {error}") from error
