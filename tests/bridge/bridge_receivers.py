"""Receivers on real sockets, for bridges that run in processes of their own."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Condition, Thread
from typing import TYPE_CHECKING

from waitress.server import create_server
from waitress.wasyncore import close_all

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from bridge_vendors import StrictAmplitude, StrictOneSignal

    from bridge import Bridge


@contextmanager
def serving(house: Bridge | StrictAmplitude | StrictOneSignal) -> Iterator[str]:
    server = create_server(house, host="127.0.0.1", port=0, threads=4)
    thread = Thread(target=server.run)
    thread.start()
    yield f"http://127.0.0.1:{server.effective_port}"
    with suppress(OSError):  # the server may have closed before it was woken
        server.trigger.pull_trigger(lambda: close_all(server._map))
    thread.join(timeout=10)
    server.task_dispatcher.shutdown()
    assert not thread.is_alive()


class Received:
    """What arrived: deduplicated by insert_id as Amplitude does, and every single try."""

    def __init__(self) -> None:
        self.events: dict[str, dict[str, object]] = {}
        self.tries: Counter[str] = Counter()
        self.overtaken: list[tuple[str, str]] = []
        self._newest: dict[str, int] = {}
        self._changed = Condition()

    def take(self, events: list[dict[str, object]]) -> None:
        """Remember a batch; an event whose `time` is before one of the same user that is here already was overtaken."""
        with self._changed:
            for event in events:
                insert_id, user, moment = str(event["insert_id"]), str(event["user_id"]), int(str(event["time"]))
                self.tries[insert_id] += 1
                if insert_id in self.events:
                    continue
                self.events[insert_id] = event
                if moment < self._newest.get(user, 0):
                    self.overtaken.append((user, insert_id))
                self._newest[user] = max(moment, self._newest.get(user, 0))
            self._changed.notify_all()

    def wait_until(self, true: Callable[[Received], bool], timeout_s: float = 60) -> None:
        with self._changed:
            assert self._changed.wait_for(lambda: true(self), timeout_s), f"{len(self.events)} events arrived"


@contextmanager
def receiving() -> Iterator[tuple[str, Received]]:
    """Answer uploads on a free port of this machine."""
    received = Received()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            upload = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            received.take(upload["events"])
            answer = json.dumps({"code": 200, "events_ingested": len(upload["events"])}).encode()
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(answer)))
            self.end_headers()
            self.wfile.write(answer)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}", received
    server.shutdown()
    thread.join()
    server.server_close()
