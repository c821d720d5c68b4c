"""Trouble on the way to a WSGI app, by script: what an honest server behind a bad network looks like to a client."""

import json
import socket
import threading
from collections import deque
from io import BytesIO
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

SLOW_S = 0.05


class Trouble:
    """Answers each upload with the next trouble of the script, and honestly when the script is at its end."""

    def __init__(self, app, script=()):
        self.app, self.script = app, deque(script)
        self.seen = []
        self._lock = threading.Lock()

    def __call__(self, environ, start_response):
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        with self._lock:
            trouble = self.script.popleft() if self.script else honest
            self.seen.append(trouble.__name__)
        exchange = Exchange(self.app, {**environ, "wsgi.input": BytesIO(body)}, start_response, body)
        return trouble(exchange)


class Exchange:
    def __init__(self, app, environ, start_response, body):
        self.app, self.environ, self.start_response = app, environ, start_response
        self.body = body

    @property
    def events(self):
        return json.loads(self.body)["events"]

    def pass_on(self):
        return self.app(self.environ, self.start_response)

    def take_effect(self):
        b"".join(self.app(self.environ, lambda *_: None))

    def answer(self, status, said):
        is_json = isinstance(said, dict)
        body = json.dumps(said).encode() if is_json else said
        kind = "application/json" if is_json else "text/html"
        self.start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]


def honest(exchange):
    return exchange.pass_on()


def slow(exchange):
    threading.Event().wait(SLOW_S)
    return exchange.pass_on()


def failure_before_the_effect(exchange):
    return exchange.answer("500 Internal Server Error", {"code": 500, "error": "Internal server error"})


def failure_after_the_effect(exchange):
    exchange.take_effect()
    return failure_before_the_effect(exchange)


def unavailable(exchange):
    return exchange.answer("503 Service Unavailable", {"code": 503, "error": "Service temporarily unavailable"})


def bad_gateway_after_the_effect(exchange):
    exchange.take_effect()
    return exchange.answer("502 Bad Gateway", b"<html>502 Bad Gateway</html>")


def lost_answer(exchange):
    exchange.take_effect()
    exchange.environ["trouble.socket"].shutdown(socket.SHUT_RDWR)
    return []


def too_large(exchange):
    if len(exchange.events) == 1:  # a client drops a single event that is too large
        return exchange.pass_on()
    return exchange.answer("413 Payload Too Large", {"code": 413, "error": "Payload too large"})


def too_large_says_the_front(exchange):
    if len(exchange.events) == 1:
        return exchange.pass_on()
    return exchange.answer("413 Payload Too Large", b"<html>413 Request Entity Too Large</html>")


def throttled_users(exchange):
    """Every other event is of a throttled user (facts/amplitude-api.md 1.3)."""
    throttled = list(range(0, len(exchange.events), 2))
    said = {
        "code": 429,
        "error": "Too many requests for some devices and users",
        "eps_threshold": 30,
        "throttled_devices": {},
        "throttled_users": {exchange.events[index]["user_id"]: 31 for index in throttled},
        "throttled_events": throttled,
    }
    return exchange.answer("429 Too Many Requests", said)


def bad_first_event(exchange):
    said = {"code": 400, "error": "Invalid field values on some events", "events_with_invalid_fields": {"time": [0]}}
    return exchange.answer("400 Bad Request", said)


def silenced_last_event(exchange):
    said = {
        "code": 400,
        "eps_threshold": 100,
        "error": "Events silenced for device_id",
        "exceeded_daily_quota_devices": {},
        "silenced_devices": [exchange.events[-1]["device_id"]],
        "silenced_events": [len(exchange.events) - 1],
        "throttled_devices": {},
        "throttled_events": [],
    }
    return exchange.answer("400 Bad Request", said)


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = False

    def handle_error(self, *_):
        """A client that went away is part of the play."""


class _Handler(WSGIRequestHandler):
    def get_environ(self):
        return {**super().get_environ(), "trouble.socket": self.connection}

    def log_message(self, *_):
        """The test looks at the world, not at a log."""


class Served:
    """A WSGI app on a real socket of its own."""

    def __init__(self, app):
        self._server = make_server("127.0.0.1", 0, app, server_class=_Server, handler_class=_Handler)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._server.shutdown()
        self._thread.join(10)
        self._server.server_close()
