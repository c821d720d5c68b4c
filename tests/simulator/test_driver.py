"""A live street's clock can be frozen, run faster, and let time pass at once, from Python and from the control port."""

from datetime import datetime, timedelta

import pytest
import requests

from simulator.clock import MONDAY_MORNING
from simulator.live import Live


@pytest.fixture
def frozen(simulation):
    with Live(simulation, speed=0) as live:
        yield live


def clock(live, verb="GET", at="", **body):
    answer = requests.request(verb, f"{live.urls['control']}/clock{at}", json=body or None, timeout=10)
    return answer.status_code, answer.json()


def schedule_a_message(live):
    """Send a push to one phone, to leave in six hours."""
    street = live.simulation
    api = street.onesignal_api()
    phone = {"type": "iOSPush", "token": "apns-token-ada", "enabled": True, "notification_types": 1}
    ada = {"identity": {"external_id": "ada-lovelace"}, "subscriptions": [phone]}
    api.post(f"/apps/{street.app.id}/users", ada)
    send_after = (street.clock.now() + timedelta(hours=6)).isoformat()
    to_ada = {"app_id": street.app.id, "include_aliases": {"external_id": ["ada-lovelace"]}, "target_channel": "push"}
    api.post("/notifications", to_ada | {"contents": {"en": "Hello"}, "send_after": send_after})


def is_told(live):
    return live.simulation.bridge.status().connections[0].events.delivered == 1


def test_a_frozen_street_answers_and_its_time_stands(frozen):
    first, second = clock(frozen), clock(frozen)

    assert first == second == (200, {"now": MONDAY_MORNING.isoformat(), "speed": 0, "next_due": None})


def test_time_that_passes_at_once_brings_everything_that_is_due_on_the_way(frozen):
    schedule_a_message(frozen)

    _, before = clock(frozen, "POST", "/advance", seconds=6 * 3600 - 60)
    assert not is_told(frozen)
    status, after = clock(frozen, "POST", "/advance", seconds=120)

    assert status == 200
    assert is_told(frozen)
    assert datetime.fromisoformat(after["now"]) - datetime.fromisoformat(before["now"]) == timedelta(minutes=2)


def test_the_clock_jumps_to_what_is_due_next(frozen):
    schedule_a_message(frozen)

    _, told = clock(frozen, "POST", "/jump")

    assert told["now"] == (MONDAY_MORNING + timedelta(hours=6)).isoformat()
    assert is_told(frozen)


def test_a_street_whose_time_runs_faster_sends_the_message_of_six_hours_hence_within_moments(simulation):
    with Live(simulation, speed=0) as live:
        schedule_a_message(live)

        assert clock(live, "PUT", speed=36_000)[1]["speed"] == 36_000
        assert live.wait_until(lambda: is_told(live))

        assert clock(live, "PUT", speed=0)[1]["speed"] == 0
        assert simulation.clock.now() >= MONDAY_MORNING + timedelta(hours=6)


def test_time_passes_at_once_on_a_flowing_street_too_which_then_flows_on(simulation):
    with Live(simulation) as live:
        status, told = clock(live, "POST", "/quiet")

    assert (status, told["speed"]) == (200, 1)


@pytest.mark.parametrize(
    ("verb", "at", "body", "said"),
    [
        ("PUT", "", {}, "the body must be a JSON object with a number 'speed', as {\"speed\": 60}"),
        ("PUT", "", {"speed": -1}, "a speed lies between 0 (frozen) and 100,000, not -1.0"),
        ("PUT", "", {"speed": True}, "the body must be a JSON object with a number 'speed', as {\"speed\": 60}"),
        ("PUT", "", {"speed": 1, "sped": 2}, "there is no word 'sped' about the clock; the nearest is 'speed'"),
        ("POST", "/advance", {"seconds": "x"}, "the body must be a JSON object with a number 'seconds', as"),
        ("POST", "/advance", {"seconds": -5}, "time passes forwards, and at most 366 days at once"),
        ("POST", "/advance", {"seconds": 1e300}, "'seconds' cannot be 1e+300"),
    ],
)
def test_what_no_clock_can_do_is_refused_in_one_line_and_changes_nothing(frozen, verb, at, body, said):
    status, told = clock(frozen, verb, at, **body)

    assert status == 400
    assert told["error"].startswith(said)
    assert clock(frozen)[1] == {"now": MONDAY_MORNING.isoformat(), "speed": 0, "next_due": None}
