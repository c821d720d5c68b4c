"""Runs a bridge as a company deploys it: granian's processes answer at the doors, this one delivers."""

from __future__ import annotations

import multiprocessing
import os
import signal
import socket
from functools import partial
from threading import Thread
from typing import TYPE_CHECKING

import structlog
from granian.constants import Interfaces
from granian.log import LogLevels
from granian.server import MPServer

from bridge.bridge import Bridge
from bridge.deployed import deployed, new_id, outgoing_session, utc_now
from bridge.driver import Driver
from bridge.logs import write_logs

if TYPE_CHECKING:
    from bridge.settings import Settings

_LONGEST_GOODBYE_S = 60  # then a door that still answers is cut off; what it stored is stored

_log = structlog.stdlib.get_logger("bridge.daemon")


def run(settings: Settings) -> int:
    """Serve and deliver until SIGTERM or SIGINT; answers the exit status.

    First the doors close, after the requests that they are answering; then the round that is on its way is finished.
    Door processes share nothing with this one but the database. One that ends unexpectedly is started again, unless it
    does so at once; none outlives this process.
    """
    write_logs(settings)
    multiprocessing.set_start_method("spawn", force=True)  # a fork would inherit our threads and database connections
    with deployed(settings) as bridge, _reserved(settings.doors.host, settings.doors.port) as reserved:
        port = reserved.getsockname()[1]
        driver = Driver(bridge, fail=lambda: os.kill(os.getpid(), signal.SIGTERM))
        server = MPServer(
            "bridge",
            address=settings.doors.host,
            port=port,
            interface=Interfaces.WSGI,
            workers=settings.doors.processes,
            blocking_threads=settings.doors.threads,
            workers_kill_timeout=_LONGEST_GOODBYE_S,
            respawn_failed_workers=True,
            websockets=False,
            log_level=LogLevels.error,
            log_dictconfig={"loggers": {"_granian": {"propagate": True}}},  # into our log
        )
        for number in (signal.SIGTERM, signal.SIGINT):  # granian listens for them only once its doors are being opened
            signal.signal(number, server.signal_handler_interrupt)
        driver.start()
        _log.info("started", url=f"http://{settings.doors.host}:{port}", processes=settings.doors.processes)
        try:
            server.serve(target_loader=partial(_doors, settings), wrap_loader=False)
        finally:
            driver.stop()
            _log.info("stopped")
    return int(driver.failed)


def _doors(settings: Settings) -> Bridge:
    """Open the bridge in a door process: it takes, and never sends."""
    write_logs(settings)
    Thread(target=_leave_with_the_daemon, name="bridge daemon's end", daemon=True).start()
    return Bridge(settings, now=utc_now, ids=new_id, session=outgoing_session(settings))


def _leave_with_the_daemon() -> None:
    """End this process when the daemon was killed: the next one would share its port with doors of old settings."""
    daemon = multiprocessing.parent_process()
    assert daemon is not None, "granian starts door processes as children"
    daemon.join()
    os.kill(os.getpid(), signal.SIGTERM)


def _reserved(host: str, port: int) -> socket.socket:
    """Take the port without listening, so that every door process can; raises OSError when it is taken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    reserved = socket.socket(family, socket.SOCK_STREAM)
    reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    reserved.bind((host, port))
    return reserved
