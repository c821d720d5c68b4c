"""The pytest plugin: the fixture `simulation`, failing tests that tell what was said on the wire, and verdicts."""

from collections.abc import Generator, Iterator
from itertools import chain, islice
from typing import TYPE_CHECKING, Any, Final

import pytest

if TYPE_CHECKING:
    from simulator.simulation import Simulation

_EXCHANGES_SHOWN: Final = 20
_TESTS_SHOWN: Final = 20
_VERDICT: Final = "verdict on the client under test"


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
    """Judge what the test said on the wire; a failed one also tells the seed and the last exchanges."""
    report = yield
    street: Any = getattr(item, "funcargs", {}).get("simulation")
    if report.when == "call" and street is not None:
        report.user_properties += [(_VERDICT, str(verdict)) for verdict in street.verdicts()]
        if report.failed:
            report.sections.append((f"simulation (seed {street.seed})", "\n".join(_told(list(street.journal)))))
    return report


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say of each test what its client did wrong on the wire, first of all and how often; nothing fails by it."""
    judged: dict[str, list[str]] = {}
    for report in chain.from_iterable(terminalreporter.stats.values()):
        for name, told in getattr(report, "user_properties", ()):
            if name == _VERDICT:
                judged.setdefault(report.nodeid, []).append(told)
    if judged:
        terminalreporter.section("verdicts on the clients under test")
    for test, (first, *more) in islice(judged.items(), _TESTS_SHOWN):
        terminalreporter.write_line(f"{test}: {first}{f' (and {len(more)} more)' if more else ''}")
    if len(judged) > _TESTS_SHOWN:
        terminalreporter.write_line(f"... and {len(judged) - _TESTS_SHOWN} more tests")


def _told(exchanges: list[Any]) -> Iterator[str]:
    yield f"{len(exchanges)} exchanges on the wire; the last ones:"
    for exchange in islice(exchanges, max(0, len(exchanges) - _EXCHANGES_SHOWN), None):
        yield f"{exchange.line}\n    > {exchange.request[:300]}\n    < {exchange.answer[:300]}"
