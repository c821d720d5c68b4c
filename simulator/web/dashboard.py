"""The dashboard's verbs as JSON on the control port."""

from typing import Any

import msgspec
from flask import Blueprint, Response, current_app, jsonify, request

from fake_onesignal.errors import OneSignalError
from simulator.errors import WrongUsageError
from simulator.web.verbs import VERBS, method_of, parameters_of

routes = Blueprint("dashboard", __name__)


@routes.get("/dashboard")
def verbs() -> Response:
    """List the verbs and the parameters of each."""
    return jsonify({name: list(parameters) for name, parameters in VERBS.items()})


@routes.post("/dashboard/<name>")
def act(name: str) -> Response:
    """Do what a person does in the dashboard: the parameters are the JSON body, the answer is what became of it."""
    method = method_of(current_app.extensions["control"][0].onesignal, name)
    parameters = parameters_of(name, method, _given(name))
    try:
        done = method(**parameters)
    except (LookupError, ValueError, OneSignalError) as error:
        raise WrongUsageError(f"{name}: {error}") from error
    return Response(msgspec.json.encode(done), content_type="application/json")


@routes.app_errorhandler(WrongUsageError)
def refuse(error: WrongUsageError) -> tuple[Response, int]:
    """Say in one line what was wrong, and the nearest right name."""
    return jsonify(error=str(error)), 400


def _given(name: str) -> dict[str, Any]:
    """Read the parameters as they are sent; no body is no parameters."""
    body = request.get_data()
    try:
        return msgspec.json.decode(body, type=dict[str, Any]) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise WrongUsageError(f"{name} takes a JSON object: {error}") from error
