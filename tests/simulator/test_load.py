"""Locust drives a live street from a process of its own, and its figures come back."""

from simulator.load.drive import drive


def test_every_kind_of_request_is_driven_without_failures():
    figures = drive(seconds=3, users=8, seed=7)

    assert {figure.name.split()[0] for figure in figures} == {"amplitude", "onesignal", "bridge"}
    assert all(figure.requests > 0 and figure.failures == 0 for figure in figures)
    assert all(0 < figure.median_ms <= figure.p95_ms for figure in figures)
