"""Every story holds, for several seeds, and the same seed tells the same story to the byte."""

import os
import subprocess
import sys

import orjson
import pytest

from simulator import Simulation
from simulator.errors import WrongUsageError
from simulator.story import stories, story

SMALL = {
    "faq_counts": {"users": 150},
    "faq_delivery": {"users": 60},
    "cohort_schedule": {"days": 3},
    "ten_thousand_users": {"users": 150},
    "week_of_campaigns": {"people": 12, "days": 3},
}
NAMES = [each.name for each in stories()]


def played(name, seed, **parameters):
    tale = story(name)
    simulation = Simulation(seed, limits=parameters.pop("limits", tale.limits))
    ending = tale.play(simulation, **(SMALL.get(name, {}) | parameters))
    return simulation, ending


def failures(ending):
    return [(check.name, check.detail) for check in ending.checks if not check.holds]


@pytest.mark.parametrize("seed", [0, 7, 2022])
@pytest.mark.parametrize("name", NAMES)
def test_a_story_holds(name, seed):
    _, ending = played(name, seed)

    assert ending.checks
    assert not failures(ending)


@pytest.mark.parametrize("name", NAMES)
def test_limits_change_the_time_a_story_takes_but_not_its_account(name):
    _, documented = played(name, 3, limits="documented")
    _, without = played(name, 3, limits="off")

    assert documented.account == without.account
    assert documented.holds
    assert without.holds


@pytest.mark.parametrize("name", NAMES)
def test_the_same_seed_gives_the_same_digest_in_another_process(name):
    settings = [word for key, value in SMALL.get(name, {}).items() for word in ("--set", f"{key}={value}")]
    command = [sys.executable, "-m", "simulator", "play", name, "--seed", "11", "--json", *settings]
    told = subprocess.run(  # noqa: S603  # our own command
        command, capture_output=True, check=True, env=os.environ | {"PYTHONHASHSEED": "4711"}
    ).stdout

    simulation, ending = played(name, 11)
    other_seed, _ = played(name, 12)

    assert orjson.loads(told)["digest"] == simulation.digest() != other_seed.digest()
    assert orjson.loads(told)["holds"] is ending.holds is True


@pytest.mark.parametrize("users", [0, 1, 37])
def test_faq_counts_holds_at_any_size(users):
    _, ending = played("faq_counts", 5, users=users)

    assert not failures(ending)


@pytest.mark.parametrize(
    "shares",
    [
        {"anonymous": 1.0, "absent": 0.0, "misspelt": 0.0, "without_subscription": 0.0, "unsubscribed": 0.0},
        {"absent": 0.85},
        {"misspelt": 0.85},
        {"without_subscription": 0.85},
        {"unsubscribed": 0.85},
        {"unsubscribed_device": 1.0},
        {"devices": (0.0, 0.0, 0.0, 0.0, 0.0, 0.0, 1.0)},
    ],
    ids=lambda shares: next(iter(shares)),
)
def test_faq_counts_holds_whatever_the_population(shares):
    simulation, ending = played("faq_counts", 5, users=60, **shares)

    assert not failures(ending)
    assert sum(line.users for line in ending.account if line.sign == "-") <= 60
    assert len(simulation.journal) > 0


def test_without_the_eu_box_the_bridge_keeps_everything_and_says_why():
    simulation, ending = played("eu_region", 1, box=False)

    assert not failures(ending)
    owed = simulation.bridge.status().connections[0].events
    assert owed.held_because == "400 Invalid API key"


@pytest.mark.parametrize(
    ("name", "settings"),
    [
        ("cohort_schedule", {"days": 0, "at_first": 0}),
        ("cohort_schedule", {"days": 13, "at_first": 1}),
        ("faq_delivery", {"users": 3}),
        ("faq_delivery", {"users": 40, "devices": (1.0,), "clicked": 1.0}),
        ("frequency_cap", {"campaigns": 30, "cap": 7}),
        ("logout_leak", {"messages": 40}),
        ("twenty_first_subscription", {"phones": 1, "addresses": 0}),
        ("twenty_first_subscription", {"phones": 50, "addresses": 3}),
        ("uninstalled_apps", {"people": 1, "sends": 30}),
        ("week_of_campaigns", {"people": 4, "days": 28}),
    ],
    ids=str,
)
def test_a_story_holds_at_the_edges_of_its_parameters(name, settings):
    _, ending = played(name, 5, **settings)

    assert not failures(ending)


@pytest.mark.parametrize(
    ("name", "setting"),
    [
        ("cohort_schedule", "days=14"),
        ("faq_counts", "users=99999999999999999999"),
        ("near_misses", "each=0"),
        ("twenty_first_subscription", "addresses=4"),
        ("week_of_campaigns", "days=29"),
    ],
)
def test_what_a_story_cannot_do_with_is_refused_in_one_line(name, setting):
    parameter = setting.partition("=")[0]

    with pytest.raises(WrongUsageError, match=f"^parameter '{parameter}' must be at (least|most) [0-9,]+, not "):
        story(name).play(Simulation(1), **story(name).read_parameters([setting]))
