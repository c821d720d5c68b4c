"""Starts a live street in one process and Locust in another, and reads Locust's own statistics."""

import os
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from operator import itemgetter
from pathlib import Path
from typing import Final

import orjson

from simulator.errors import WrongUsageError

LOCUSTFILE: Final = Path(__file__).with_name("locustfile.py")
_READY_WITHIN_S: Final = 60


@dataclass(frozen=True, slots=True)
class Figure:
    """What Locust measured of one kind of request; times in milliseconds."""

    name: str
    requests: int
    failures: int
    requests_per_s: float
    median_ms: float
    p95_ms: float


def drive(*, seconds: int, users: int, seed: int, locustfile: Path = LOCUSTFILE) -> list[Figure]:
    """Drive the live bridge and both fakes with `users` users of a locustfile; give one figure a kind of request."""
    if find_spec("locust") is None:
        raise WrongUsageError("load tests need Locust: pip install 'onesignal-amplitude-simulator[load]'")
    with tempfile.TemporaryDirectory() as folder:
        ready_file = Path(folder) / "ready.json"
        with _street(ready_file, seed):
            return _figures(_locust(locustfile, ready_file, seconds=seconds, users=users), seconds)


@contextmanager
def _street(ready_file: Path, seed: int) -> Iterator[None]:
    command = [sys.executable, "-m", "simulator", "serve", "--port", "0", "--seed", str(seed)]
    street = subprocess.Popen(  # noqa: S603  # our own command
        [*command, "--ready-file", str(ready_file)], stdout=subprocess.PIPE
    )
    assert street.stdout is not None
    too_late = threading.Timer(_READY_WITHIN_S, street.kill)
    too_late.start()
    try:
        if not street.stdout.readline():
            raise WrongUsageError("the street did not open; `simulator serve` says why")
        too_late.cancel()
        yield
    finally:
        too_late.cancel()
        street.terminate()
        street.wait()
        street.stdout.close()


def _locust(locustfile: Path, ready_file: Path, *, seconds: int, users: int) -> bytes:
    command = [sys.executable, "-m", "locust", "-f", str(locustfile), "--headless", "--json", "--skip-log-setup"]
    return subprocess.run(  # noqa: S603  # our own command
        [*command, "--users", str(users), "--spawn-rate", str(users), "--run-time", f"{seconds}s"],
        env=os.environ | {"SIMULATOR_READY_FILE": str(ready_file)},
        stdout=subprocess.PIPE,
        check=False,
    ).stdout


def _figures(report: bytes, seconds: int) -> list[Figure]:
    return [
        Figure(
            name=row["name"],
            requests=row["num_requests"],
            failures=row["num_failures"],
            requests_per_s=row["num_requests"] / seconds,
            median_ms=_percentile(row["response_times"], 0.5),
            p95_ms=_percentile(row["response_times"], 0.95),
        )
        for row in sorted(orjson.loads(report), key=itemgetter("name"))
    ]


def _percentile(response_times: dict[str, int], share: float) -> float:
    wanted = share * sum(response_times.values())
    reached = 0
    for time_ms, requests in sorted((float(time_ms), requests) for time_ms, requests in response_times.items()):
        reached += requests
        if reached >= wanted:
            return time_ms
    return 0.0
