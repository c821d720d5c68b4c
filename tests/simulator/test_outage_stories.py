"""The stories of outages can fail: each one told over a bridge that is broken where it hurts does not hold."""

import laws_broken_bridges as broken
import pytest

import simulator.simulation
from simulator import Simulation
from simulator.story import story


@pytest.fixture
def breaking(monkeypatch):
    """Let every bridge that a street opens meddle on the wire, or lie at its door."""

    def breaks(meddle=None, door=None):
        honest = simulator.simulation.Bridge

        def open_bridge(settings, *, session, **words):
            if meddle is not None:
                session.mount("https://", broken.Meddler(session.get_adapter("https://"), meddle))
            return honest(settings, session=session, **words)

        monkeypatch.setattr(simulator.simulation, "Bridge", open_bridge)
        if door is not None:
            settle = simulator.simulation.Network.settle

            def settle_broken(network, house, *hosts):
                settle(network, door(house) if isinstance(house, honest) else house, *hosts)

            monkeypatch.setattr(simulator.simulation.Network, "settle", settle_broken)

    return breaks


def failures(name, **parameters):
    tale = story(name)
    simulation = Simulation(3, limits=tale.limits)
    return {check.name for check in tale.play(simulation, **parameters).checks if not check.holds}


@pytest.mark.parametrize(
    ("name", "meddle", "check"),
    [
        ("outage_of_amplitude", broken.failures_taken_for_success, "every message event arrived exactly once"),
        ("outage_of_amplitude", broken.sent_now_instead_of_then, "every event says what happened"),
        ("outage_of_onesignal", broken.failures_taken_for_success, "the bridge kept the changes"),
        ("lost_acknowledgements", broken.fresh_insert_ids_on_a_retry, "Amplitude counts each once"),
        ("rate_limited_morning", broken.failures_taken_for_success, "every message event arrived exactly once"),
        ("exit_overtakes_entry", broken.exits_before_entries, "nobody who left is in the segment"),
        ("disabled_webhook", broken.half_of_each_batch, "Amplitude has all of the third"),
        ("key_rotated", broken.failures_taken_for_success, "it keeps the changes"),
        ("plan_downgraded", broken.no_removals, "the replay does"),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_a_story_over_a_broken_bridge_does_not_hold(breaking, name, meddle, check):
    breaking(meddle())

    assert check in failures(name)


def test_a_door_that_forgets_the_late_batch_again_and_again_is_found(breaking):
    breaking(door=broken.acknowledged_before_stored(2))

    assert "what the bridge acknowledged was kept" in failures("lost_acknowledgements", people=10)
