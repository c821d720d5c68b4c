"""Storms: the same seed is the same storm, the laws hold after each, and a failing one is made small."""

import re

import pytest
from laws_broken_bridges import Meddler, acknowledged_before_stored

import simulator.simulation
from simulator import Simulation
from simulator.__main__ import main
from simulator.errors import WrongUsageError
from simulator.hosts import BRIDGE_HOST
from simulator.network import Network
from simulator.storm import Aftermath, Gust, climate, inhabitants, shrink, storm
from simulator.story import Check


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_after_a_storm_every_law_holds(seed):
    aftermath = storm(seed, people=8)

    assert aftermath.gusts
    assert [check for check in aftermath.checks if not check.holds] == [], aftermath.again


def test_the_same_seed_is_the_same_storm():
    assert storm(5, people=5) == storm(5, people=5)


def test_a_failing_storm_is_reduced_to_the_fewest_people_and_gusts_that_still_fail():
    guilty = Gust("answer lost", "bridge.test", 0.2)
    innocent = Gust("slow", "api.onesignal.com", 0.1)

    def again(seed, *, people, gusts):
        breaks = guilty in gusts and people >= 3
        checks = (Check("a law", not breaks, ""),)
        return Aftermath(seed, people, gusts, checks, exchanges=0, digest="", is_drawn=False)

    smallest = shrink(again(7, people=20, gusts=(innocent, guilty, innocent)), again)

    assert (smallest.people, smallest.gusts) == (3, (guilty,))
    assert smallest.again == (
        "simulator storm --seeds 1 --first 7 --people 3 --gust 'answer lost for 20% of calls to bridge.test'"
    )


def test_a_storm_is_repeated_by_its_gusts_in_words():
    aftermath = storm(5, people=4)
    read = tuple(Gust.read(str(gust)) for gust in aftermath.gusts)

    assert storm(5, people=4, gusts=read) == aftermath
    assert aftermath.again == "simulator storm --seeds 1 --first 5 --people 4"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("rain", "'rain' is no gust; one reads '503 for 20% of calls to bridge.test'"),
        ("503s for 20% of calls to bridge.test", "there is no kind of trouble '503s'; the nearest is '503'"),
    ],
)
def test_a_gust_that_there_is_not_is_refused_in_one_line(text, said):
    with pytest.raises(WrongUsageError, match=re.escape(said)):
        Gust.read(text)


def test_a_storm_over_a_broken_bridge_says_so_by_its_seed(monkeypatch, capsys):
    """The bridge forgets every second event that it acknowledges."""
    door = acknowledged_before_stored(2)
    settle = Network.settle
    monkeypatch.setattr(
        Network,
        "settle",
        lambda network, house, *hosts: (
            settle(network, door(house), *hosts) if BRIDGE_HOST in hosts else settle(network, house, *hosts)
        ),
    )

    with pytest.raises(SystemExit) as ended:
        main(["storm", "--seeds", "1", "--first", "4", "--people", "4"])

    told = capsys.readouterr().out
    assert ended.value.code == 1
    assert "broken: what the bridge acknowledged was kept" in told
    assert "simulator storm --seeds 1 --first 4 --people 1" in told


def test_storms_differ_in_climate_and_in_who_lives_there():
    settings = [climate(Simulation(seed).luck("climate")) for seed in range(12)]
    people = [person.external_id for person in inhabitants(Simulation(1), 20)]

    assert {tuple(sorted(set(values))) for values in zip(*(each.values() for each in settings), strict=True)} == {
        ("2022", "2026"),
        ("drop", "keep"),
        ("modelled", "tags"),
    }
    assert len({each.casefold() for each in people}) < len(set(people)) == 20
    assert any("/" in each for each in people)


@pytest.mark.parametrize("seed", [1, 7])
def test_a_bridge_that_folds_the_case_of_ids_is_found_by_its_storm(monkeypatch, seed):
    honest = simulator.simulation.Bridge

    def folding(settings, *, session, **words):
        session.mount("https://", Meddler(session.get_adapter("https://"), fold))
        return honest(settings, session=session, **words)

    def fold(request, body, carry):
        for event in body.get("events", ()):
            event["user_id"] = event["user_id"].lower() if event.get("user_id") else None
        url = request.url.replace("USR_", "usr_")
        return carry(body, url=url) if body else carry(url=url)

    monkeypatch.setattr(simulator.simulation, "Bridge", folding)

    assert not storm(seed).holds


def test_what_raises_on_the_way_is_an_aftermath_too(monkeypatch):
    monkeypatch.setattr(Network, "calm", lambda _: 1 / 0)

    aftermath = storm(6, people=2)

    assert [(check.name, check.holds) for check in aftermath.checks] == [("nothing breaks down", False)]
    assert aftermath.checks[0].detail == "ZeroDivisionError: division by zero"
