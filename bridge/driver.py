"""Delivers on the wall clock: sends what is due, says that it is alive, forgets what is old, and says what happens."""

from __future__ import annotations

from threading import Event, Thread
from typing import TYPE_CHECKING

import structlog

from bridge.deployed import utc_now
from bridge.errors import OutboxUnavailable
from bridge.leases import ALIVE_FOR

if TYPE_CHECKING:
    from collections.abc import Callable

    from bridge.bridge import Bridge
    from bridge.route_states import RouteName

LONGEST_NAP_S = 0.5  # a door may put something into the outbox while the driver naps
_ALIVE_EVERY_S = ALIVE_FOR.total_seconds() / 4
_FORGET_EVERY_S = 3600.0

_log = structlog.stdlib.get_logger("bridge.driver")


class Driver:
    """Three threads around one bridge, until they are told to stop.

    Stopping waits for the round that is on its way; what is not sent then is sent after the next start. An error that
    nobody foresaw ends the process by `fail`, because whoever supervises it starts it again and nothing is lost.
    """

    def __init__(self, bridge: Bridge, *, fail: Callable[[], None]) -> None:
        self._bridge = bridge
        self._fail = fail
        self._stopping = Event()
        self._stopped: dict[RouteName, str] = {}
        self.failed = False
        self._threads = [
            Thread(target=self._repeat, args=(self._deliver, self._nap_s), name="bridge deliveries"),
            Thread(target=self._repeat, args=(bridge.keep_leases, lambda: _ALIVE_EVERY_S), name="bridge leases"),
            Thread(target=self._repeat, args=(self._forget, lambda: _FORGET_EVERY_S), name="bridge retention"),
        ]

    def start(self) -> None:
        """Begin to deliver."""
        for thread in self._threads:
            thread.start()

    def stop(self) -> None:
        """Finish the round that is on its way, and end."""
        self._stopping.set()
        for thread in self._threads:
            thread.join()

    def _repeat(self, verb: Callable[[], object], nap_s: Callable[[], float]) -> None:
        while not self._stopping.is_set():
            try:
                verb()
                nap = nap_s()
            except OutboxUnavailable as error:
                _log.error("the outbox is unavailable", why=str(error.__cause__ or error))
                nap = LONGEST_NAP_S
            except Exception:  # noqa: BLE001  # whatever it is, the process ends by it
                _log.exception("an error that nobody foresaw")
                self.failed = True
                self._fail()
                return
            self._stopping.wait(nap)

    def _deliver(self) -> None:
        while not self._stopping.is_set():
            answered = self._bridge.run_round()
            self._tell_what_stopped()
            if not answered:
                return
            _log.info("sent", answered=answered)

    def _tell_what_stopped(self) -> None:
        stopped = self._bridge.stopped()
        for route in sorted(stopped.keys() - self._stopped.keys()):
            _log.error("stopped until its credential is mended", route="/".join(route), why=stopped[route])
        for route in sorted(self._stopped.keys() - stopped.keys()):
            _log.info("goes on", route="/".join(route))
        self._stopped = stopped

    def _forget(self) -> None:
        forgotten = self._bridge.forget()
        if forgotten:
            _log.info("forgot what was finished long ago", deliveries=forgotten)

    def _nap_s(self) -> float:
        due = self._bridge.next_due()
        if due is None:
            return LONGEST_NAP_S
        return min(max((due - utc_now()).total_seconds(), 0.0), LONGEST_NAP_S)
