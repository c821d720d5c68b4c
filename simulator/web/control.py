"""Page and control: is the street well, what is its account, what was said on its wire."""

from collections.abc import Iterable
from dataclasses import asdict
from itertools import islice
from typing import Any, Final

from flask import Blueprint, Flask, Response, current_app, jsonify, render_template, request
from werkzeug.exceptions import MethodNotAllowed

from simulator.driver import Driver
from simulator.lifeline import Needle, lifeline
from simulator.simulation import Simulation
from simulator.story import Ending
from simulator.web import clock, dashboard, weather

_SHOWN: Final = 100
routes = Blueprint("control", __name__)


class Control:
    """Shows a simulation; a WSGI callable like every other door."""

    def __init__(self, simulation: Simulation, ending: Ending | None, driver: Driver) -> None:
        self._app = Flask(__name__)
        for room in (routes, dashboard.routes, clock.routes, weather.routes):
            self._app.register_blueprint(room)
        self._app.extensions["control"] = (simulation, ending, driver)

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request."""
        return self._app(environ, start_response)


@routes.get("/health")
def health() -> Response:
    """Say whether the street is well, what time it is there, and which seed it grew from."""
    simulation, _, driver = current_app.extensions["control"]
    return jsonify(
        status="ok" if driver.trouble is None else "trouble",
        trouble=driver.trouble,
        now=simulation.clock.now().isoformat(),
        seed=simulation.seed,
        exchanges=len(simulation.journal),
    )


@routes.get("/account")
def account() -> Response:
    """Give the account of the scenario that was played, and its checks."""
    _, ending, _ = current_app.extensions["control"]
    if ending is None:
        return jsonify(holds=None, checks=[], account=[])
    return jsonify(
        holds=ending.holds,
        checks=[asdict(check) for check in ending.checks],
        account=[asdict(line) for line in ending.account],
    )


@routes.get("/explain")
def explain_everybody() -> Response:
    """List every user of the account with the reason of its row."""
    _, ending, _ = current_app.extensions["control"]
    return jsonify([{"user": user, "reason": reason} for user, reason in (ending.everybody if ending else ())])


@routes.get("/explain/<path:user>")
def explain(user: str) -> tuple[Response, int]:
    """Say in words which row of the account a user is in."""
    _, ending, _ = current_app.extensions["control"]
    told = list(ending.explain(user)) if ending is not None else []
    return (jsonify(user=user, explanation=told), 200) if told else (jsonify(error=f"nobody is called {user!r}"), 404)


@routes.get("/lifeline/<path:wanted>")
def life_of(wanted: str) -> tuple[Response, int]:
    """Follow an event, a message or a user through the street, as far as the journal still knows."""
    simulation, _, _ = current_app.extensions["control"]
    found = lifeline(simulation, Needle(wanted))
    return (jsonify(asdict(found)), 200) if found.is_known else (jsonify(error=f"nobody has heard of {wanted!r}"), 404)


@routes.get("/verdicts")
def verdicts() -> Response:
    """Say what the bridge and your own code did wrong on the wire so far."""
    simulation, _, _ = current_app.extensions["control"]
    return jsonify([asdict(verdict) for verdict in simulation.verdicts()])


@routes.get("/journal")
def journal() -> Response:
    """Give the last exchanges on the wire with the verdicts on them, newest first, keys redacted."""
    simulation, _, _ = current_app.extensions["control"]
    newest_first = reversed(list(simulation.journal))
    return jsonify([asdict(exchange) for exchange in islice(newest_first, _SHOWN)])


@routes.get("/")
def page() -> str:
    """Show all of that to a person."""
    simulation, ending, driver = current_app.extensions["control"]
    user, wanted = request.args.get("user", ""), request.args.get("id", "").strip()
    return render_template(
        "page.html",
        simulation=simulation,
        ending=ending,
        trouble=driver.trouble,
        exchanges=list(islice(reversed(list(simulation.journal)), _SHOWN)),
        verdicts=simulation.verdicts(),
        user=user,
        explanation=list(ending.explain(user)) if user and ending is not None else [],
        wanted=wanted,
        life=lifeline(simulation, Needle(wanted)) if wanted else None,
    )


@routes.app_errorhandler(404)
def not_found(_: Exception) -> tuple[Response, int]:
    """Say what there is instead."""
    return jsonify(
        error=f"nothing at {request.path}; there are / /health /account /explain /explain/USER /journal /verdicts "
        "/lifeline/ID /clock /weather /dashboard"
    ), 404


@routes.app_errorhandler(405)
def not_that_way(error: MethodNotAllowed) -> tuple[Response, int, dict[str, str]]:
    """Say which methods there are."""
    allowed = ", ".join(sorted(error.valid_methods or ()))
    return jsonify(error=f"{request.path} takes {allowed}, not {request.method}"), 405, {"Allow": allowed}
