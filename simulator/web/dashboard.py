"""The dashboard's verbs as JSON: what people do in OneSignal's browser pages, on the control port."""

from collections.abc import Mapping
from typing import Any, Final, Literal

import msgspec
from flask import Blueprint, Response, current_app, jsonify, request

from fake_onesignal.errors import OneSignalError
from simulator.errors import WrongUsageError, no_such

routes = Blueprint("dashboard", __name__)

_Plan = Literal["free", "growth", "professional", "enterprise"]
VERBS: Final[Mapping[str, Mapping[str, Any]]] = {
    "create_app": {"name": str, "plan": _Plan},
    "set_plan": {"app_id": str, "plan": _Plan},
    "create_segment": {"app_id": str, "name": str, "filters": list[dict[str, Any]]},
    "pause_segment": {"app_id": str, "segment_id": str},
    "unpause_segment": {"app_id": str, "segment_id": str},
    "audience": {"app_id": str, "segment": str},
    "activate_amplitude": {"app_id": str, "api_key": str, "eu": bool, "events": list[str]},
    "deactivate_amplitude": {"app_id": str},
    "integration": {"app_id": str},
    "create_in_app_message": {"app_id": str, "name": str},
    "disable_app": {"app_id": str},
    "enable_app": {"app_id": str},
    "require_identity_verification": {"app_id": str, "required": bool},
    "event_streams": {"app_id": str},
    "record_email_opened": {"notification_id": str, "subscription_id": str},
    "record_email_clicked": {"notification_id": str, "subscription_id": str},
    "record_email_unsubscribed": {"notification_id": str, "subscription_id": str},
    "record_email_reported_as_spam": {"notification_id": str, "subscription_id": str},
}


@routes.get("/dashboard")
def verbs() -> Response:
    """List the verbs and the parameters of each."""
    return jsonify({name: list(parameters) for name, parameters in VERBS.items()})


@routes.post("/dashboard/<name>")
def act(name: str) -> Response:
    """Do what a person does in the dashboard: the parameters are the JSON body, the answer is what became of it."""
    if name not in VERBS:
        raise no_such("verb", name, VERBS)
    onesignal = current_app.extensions["control"][0].onesignal
    verb = getattr(onesignal, name, None) or getattr(onesignal.dashboard, name)
    parameters = _parameters(name)
    try:
        done = verb(**parameters)
    except (LookupError, ValueError, TypeError, OneSignalError) as error:
        raise WrongUsageError(f"{name}: {_said(error)}") from error
    return Response(msgspec.json.encode(done), content_type="application/json")


@routes.app_errorhandler(WrongUsageError)
def refuse(error: WrongUsageError) -> tuple[Response, int]:
    """Say in one line what was wrong, and the nearest right name."""
    return jsonify(error=str(error)), 400


def _parameters(name: str) -> dict[str, Any]:
    body = request.get_data()
    try:
        given = msgspec.json.decode(body, type=dict[str, Any]) if body else {}
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise WrongUsageError(f"{name} takes a JSON object: {error}") from error
    known = VERBS[name]
    for parameter, value in given.items():
        if parameter not in known:
            raise no_such("parameter", parameter, known, of=f" of {name}")
        try:
            msgspec.convert(value, known[parameter])
        except msgspec.ValidationError as error:
            raise WrongUsageError(f"parameter {parameter!r} of {name}: {error}") from error
    return given


def _said(error: Exception) -> str:
    if isinstance(error, KeyError):
        return f"there is nothing called {error.args[0]!r}"
    return str(error)
