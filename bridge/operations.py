"""The doors for whoever runs the bridge: whether it is alive, whether it is ready, and how it is doing."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec
from flask import Flask, Response, request

from bridge.errors import NotReady

if TYPE_CHECKING:
    from bridge.metrics import Numbers
    from bridge.waiting import Waiting

OPERATIONS = "bridge.operations"


class Operations:
    """What these doors ask."""

    def __init__(self, waiting: Waiting, numbers: Numbers) -> None:
        self._waiting = waiting
        self._numbers = numbers

    def require_ready(self) -> None:
        """Raise OutboxUnavailable without a database, NotReady when the outbox is at its maximum."""
        if not self._waiting.is_below_maximum():
            raise NotReady

    def metrics(self) -> bytes:
        """Answer everything that is measured, for Prometheus."""
        return self._numbers.exposition()


def add_operations(app: Flask) -> None:
    """Let the app answer them; they need no secret, and say nothing of a user."""
    for view in (health, ready, metrics):
        app.add_url_rule(f"/{view.__name__}", view.__name__, view, methods=["GET"])


def health() -> Response:
    """Say that the process answers."""
    return _render({"status": "ok"})


def ready() -> Response:
    """Say that the doors would take something."""
    _operations().require_ready()
    return _render({"status": "ready"})


def metrics() -> Response:
    """Say how the bridge is doing."""
    return Response(_operations().metrics(), mimetype="text/plain", content_type="text/plain; version=0.0.4")


def _operations() -> Operations:
    operations: Operations = request.environ[OPERATIONS]
    return operations


def _render(body: object) -> Response:
    return Response(msgspec.json.encode(body), mimetype="application/json")
