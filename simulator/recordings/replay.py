"""Makes the calls of a recording again, and holds each status against the recorded one."""

import gzip
from typing import Any

import orjson

from simulator.recordings.tape import PACKED
from simulator.simulation import Simulation
from simulator.story import Check

_TIMEOUT_S = 60


class Replay:
    """Calls a street as a recording says; `checks` has one check for each call."""

    def __init__(self, simulation: Simulation) -> None:
        self._session = simulation.session()
        self.checks: list[Check] = []

    def call(self, method: str, url: str, *, status: int, **more: Any) -> Any:
        """Make one call; gives the JSON that comes back, or None when it is none.

        `more` are the arguments of `requests.Session.request`.
        """
        answer = self._session.request(method, url, timeout=_TIMEOUT_S, allow_redirects=False, **_packed(more))
        seen = answer.status_code
        told = f"{seen}" if seen == status else f"{seen} {answer.text[:200]}"
        self.checks.append(Check(f"call {len(self.checks) + 1} is answered with {status}", seen == status, told))
        try:
            return answer.json()
        except ValueError:
            return None


def _packed(more: dict[str, Any]) -> dict[str, Any]:
    """Pack the JSON of a request whose headers say that it is gzipped, as a tape holds it unpacked."""
    headers = more.get("headers", {})
    if headers.get("Content-Encoding") != PACKED or "json" not in more:
        return more
    rest = {name: value for name, value in more.items() if name not in {"headers", "json"}}
    body = gzip.compress(orjson.dumps(more["json"]), mtime=0)
    return {**rest, "headers": {"Content-Type": "application/json", **headers}, "data": body}
