"""A fake behind a real socket, for clients that know nothing of WSGI."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from waitress.server import create_server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from fake_onesignal import FakeOneSignal


@contextmanager
def served(fake: FakeOneSignal, *, threads: int = 1) -> Iterator[str]:
    """Serve until left; the loop is stopped from inside, so that nothing is closed under its feet."""
    sockets: dict[int, Any] = {}
    server = create_server(fake, host="127.0.0.1", port=0, threads=threads, map=sockets)
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.effective_port}"
    finally:
        still_open: list[Any] = []
        server.trigger.pull_trigger(lambda: (still_open.extend(sockets.values()), sockets.clear()))
        thread.join(timeout=10)
        server.task_dispatcher.shutdown()
        for one in still_open:
            one.close()
