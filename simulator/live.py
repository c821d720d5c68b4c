"""The street on real sockets: the same houses, a clock that flows, and a thread that does what is due."""

import logging
import socket
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from types import TracebackType
from typing import TYPE_CHECKING, Any, Final, Self

from waitress import wasyncore
from waitress.server import create_server

from simulator.credentials import credentials
from simulator.driver import Driver
from simulator.errors import WrongUsageError
from simulator.hosts import AMPLITUDE_HOSTS, BRIDGE_HOST, ONESIGNAL_HOSTS
from simulator.simulation import Simulation
from simulator.story import Ending
from simulator.web.control import Control

if TYPE_CHECKING:
    from simulator.parties import Door

_DOORS: Final = ("control", "onesignal", "amplitude_us", "amplitude_eu", "bridge")
_THREADS: Final = 8
_LOOP_S: Final = 0.1
_BODY_MAX: Final = 64 * 1024 * 1024
_PORT_LAST: Final = 65_535 - len(_DOORS) + 1
_TRIES: Final = 50


class Live:
    """Serves a simulation on five ports: page and control, OneSignal, Amplitude US, Amplitude EU, bridge.

    Use it as a context manager. The ports are consecutive from `port` on; 0 looks for five free ones. From entering on,
    the clock flows `speed` times as fast as the wall's (0: it stands), and the `driver` does whatever is due.
    """

    def __init__(
        self,
        simulation: Simulation,
        ending: Ending | None = None,
        *,
        host: str = "127.0.0.1",
        port: int = 0,
        speed: float = 1.0,
    ) -> None:
        self.simulation = simulation
        self.driver = Driver(simulation)
        self._ending = ending
        self._speed = speed
        self._sockets = _listen(host, port)
        self._ports = {door: bound.getsockname()[1] for door, bound in zip(_DOORS, self._sockets, strict=True)}
        self.urls = {door: f"http://{_in_url(host)}:{port}" for door, port in self._ports.items()}
        self._stopped = threading.Event()
        self._doors = threading.Thread(target=self._serve, name="doors", daemon=True)

    def __enter__(self) -> Self:
        """Open the doors and let time flow."""
        self.driver.set_speed(self._speed)
        self.driver.start()
        self._doors.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the doors; the world stays as it is."""
        self._stopped.set()
        self.driver.stop()
        self._doors.join()

    def wait(self, seconds: float | None = None) -> None:
        """Stay open until `stop` is called or `seconds` have passed."""
        self._stopped.wait(seconds)

    def wait_until(self, condition: Callable[[], Any], *, within_s: float = 10.0) -> bool:
        """Wait until `condition` is true; asked again after every piece of work, given up after `within_s` seconds."""
        return self.driver.wait_until(condition, within_s=within_s)

    def stop(self, *_: Any) -> None:
        """Ask the doors to close; usable as a signal handler."""
        self._stopped.set()

    def ready(self) -> dict[str, Any]:
        """Say where everything is, and with which keys to come in."""
        made = (
            {} if self._ending is None else {"cohort_id": self._ending.cohort_id, "segment_id": self._ending.segment_id}
        )
        return (
            dict(self.urls)
            | {"credentials": credentials(self.simulation)}
            | {name: value for name, value in made.items() if value is not None}
        )

    def _serve(self) -> None:
        network = self.simulation.network
        doors: dict[str, Door] = {
            "control": Control(self.simulation, self._ending, self.driver),
            "onesignal": network.door(ONESIGNAL_HOSTS[0]),
            "amplitude_us": network.door(AMPLITUDE_HOSTS["US"][0]),
            "amplitude_eu": network.door(AMPLITUDE_HOSTS["EU"][0]),
            "bridge": network.door(BRIDGE_HOST),
        }
        by_port = {str(self._ports[name]): door for name, door in doors.items()}

        def enter(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
            return by_port[environ["SERVER_PORT"]](environ, start_response)

        logging.getLogger("waitress.queue").setLevel(logging.ERROR)  # a queue under load is no news
        open_doors: dict[int, Any] = {}
        server = create_server(
            enter, map=open_doors, sockets=self._sockets, threads=_THREADS, ident=None, max_request_body_size=_BODY_MAX
        )
        while not self._stopped.is_set():
            wasyncore.loop(timeout=_LOOP_S, map=open_doors, count=1, use_poll=True)
        server.close()


def _listen(host: str, port: int) -> list[socket.socket]:
    if not host:
        raise WrongUsageError("a host must have a name or an address, for example 127.0.0.1")
    if not 0 <= port <= _PORT_LAST:
        raise WrongUsageError(f"port {port} leaves no room for {len(_DOORS)} consecutive ports")
    if port:
        return _bind(host, range(port, port + len(_DOORS)))
    for _ in range(_TRIES):
        [scout] = _bind(host, [0])
        first = min(scout.getsockname()[1], _PORT_LAST)
        scout.close()
        with suppress(WrongUsageError):  # somebody has one of the ports after the free one: look elsewhere
            return _bind(host, range(first, first + len(_DOORS)))
    raise WrongUsageError(f"{host} has no {len(_DOORS)} consecutive free ports")


def _bind(host: str, ports: Iterable[int]) -> list[socket.socket]:
    bound: list[socket.socket] = []
    for port in ports:
        try:
            door = socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM)
            bound.append(door)
            door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            door.bind((host, port))
            door.listen(1024)
        except (OSError, UnicodeError) as error:
            for opened in bound:
                opened.close()
            why = error.strerror if isinstance(error, OSError) else "that is no host name"
            raise WrongUsageError(f"cannot listen on {host}:{port}: {why}") from error
    return bound


def _in_url(host: str) -> str:
    return f"[{host}]" if ":" in host else host
