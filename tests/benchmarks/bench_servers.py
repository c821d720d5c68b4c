"""Two doors on the same granian: the bridge's, and a Flask view that does nothing."""

from __future__ import annotations

import multiprocessing
import sys
from functools import partial
from itertools import count

from flask import Flask, request
from granian.constants import Interfaces
from granian.server import MPServer

from bridge import AmplitudeProject, Bridge, Connection, OneSignalApp, Settings
from bridge.deployed import new_id, outgoing_session, utc_now


def load(outbox_url: str) -> object:
    if outbox_url == "nothing":
        return nothing()
    connection = Connection(
        name="shop",
        secret="door-secret",
        onesignal=OneSignalApp("app-1", "rest-key"),
        amplitude=AmplitudeProject("amplitude-key"),
    )
    settings = Settings((connection,), outbox_url=outbox_url)
    return Bridge(settings, now=utc_now, ids=new_id, session=outgoing_session(settings))


def nothing() -> Flask:
    app = Flask("nothing")
    numbers = count(1)

    @app.post("/connections/shop/message-events")
    def answer() -> dict[str, int]:
        request.get_data()  # a body that nobody reads ends its connection
        return {"accepted": next(numbers)}

    return app


def main(outbox_url: str, port: str, threads: str) -> None:
    multiprocessing.set_start_method("spawn")
    server = MPServer(
        "bench",
        port=int(port),
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=int(threads),
        log_enabled=False,
        websockets=False,
    )
    server.serve(target_loader=partial(load, outbox_url), wrap_loader=False)


if __name__ == "__main__":
    main(*sys.argv[1:])
