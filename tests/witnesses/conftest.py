"""A live street on real sockets, for clients that we did not write."""

import pytest

from simulator.live import Live


@pytest.fixture
def live(simulation):
    with Live(simulation) as live:
        yield live
        assert live.driver.trouble is None
