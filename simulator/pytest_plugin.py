"""The pytest plugin: the fixture `simulation`, and a failing test that tells what was said on the wire."""

from collections.abc import Generator, Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from simulator.simulation import Simulation

_EXCHANGES_SHOWN: Final = 20


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the command line choose the seed."""
    group = parser.getgroup("onesignal-amplitude-simulator")
    group.addoption("--simulation-seed", type=int, default=0, help="the seed of the fixture `simulation` (default: 0)")


@pytest.fixture
def simulation(request: pytest.FixtureRequest) -> "Iterator[Simulation]":
    """Both services with a connected bridge, empty, on a clock that stands still; limits are off.

    Your own code takes `simulation.session()` and keeps its production URLs; programs that need sockets get them from
    `simulator.live.Live(simulation)`. Work that is due happens in `simulation.run_until_quiet()` and `run_for(...)`.
    """
    from simulator.simulation import Simulation  # noqa: PLC0415  # pytest loads this file at every start

    street = Simulation(request.config.getoption("--simulation-seed"))
    street.connect()
    yield street
    street.close()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Add the seed and the last exchanges to the report of a test that failed."""
    report = yield
    street: Any = getattr(item, "funcargs", {}).get("simulation")
    if report.when == "call" and report.failed and street is not None:
        exchanges = list(street.journal)
        report.sections.append((f"simulation (seed {street.seed})", "\n".join(_told(exchanges))))
    return report


def _told(exchanges: list[Any]) -> Iterator[str]:
    yield f"{len(exchanges)} exchanges on the wire; the last ones:"
    for exchange in islice(exchanges, max(0, len(exchanges) - _EXCHANGES_SHOWN), None):
        yield f"{exchange.line}\n    > {exchange.request[:300]}\n    < {exchange.answer[:300]}"
