"""What people do in Amplitude's browser pages, as JSON on the control port."""

import inspect
from contextlib import ExitStack
from functools import cache, reduce

import pytest
import requests

from simulator.live import Live
from simulator.web.amplitude_desk import VERBS, amplitude_desk
from simulator.web.cohort_rules import DEPTH_MAX

DEEP = reduce(lambda rule, _: {"not": rule}, range(DEPTH_MAX), {"property_is_set": {"name": "gp:plan"}})
NOT_A_PERSONS = {"run_due", "next_due", "fingerprint", "operations"}
PLAYED = {"performed": {"event_type": "Play", "times": 2}}


@pytest.fixture
def act(simulation):
    """Speaks to the control port; the world goes live with the first word."""
    with ExitStack() as stack:
        control = cache(lambda: stack.enter_context(Live(simulation)).urls["control"])

        def act(verb, *, region="us", **parameters):
            answer = requests.post(f"{control()}/dashboard/amplitude_{region}/{verb}", json=parameters, timeout=5)
            return answer.status_code, answer.json()

        yield act


def play(simulation, user, times):
    for number in range(times):
        event = {"user_id": user, "event_type": "Play", "insert_id": f"{user}-{number}"}
        simulation.amplitude_ingestion().post("/2/httpapi", {"api_key": simulation.project.api_key, "events": [event]})


def test_a_cohort_by_a_rule_is_made_synced_and_told(simulation, act):
    play(simulation, "user-once", 1)
    play(simulation, "user-twice", 2)
    project, destination = simulation.project.id, simulation.destination.id

    _, cohort = act("create_cohort", project_id=project, name="Players", rule=PLAYED)
    status, sync = act("schedule_sync", cohort_id=cohort["id"], destination_id=destination, cadence="hourly")
    simulation.run_until_quiet()

    assert (status, sync["cadence"]) == (200, "hourly")
    assert [member.value for member in simulation.amplitude_reader().members(cohort["id"])] == ["user-twice"]
    assert act("sync_history", cohort_id=cohort["id"])[1][0]["added"] == 1


@pytest.mark.parametrize(
    ("rule", "members"),
    [
        ({"not": PLAYED}, ["user-once"]),
        ({"any_of": [PLAYED, {"first_time": {"event_type": "Play"}}]}, ["user-once", "user-twice"]),
        ({"all_of": [PLAYED, {"property_is_set": {"name": "gp:plan"}}]}, []),
    ],
)
def test_rules_are_joined_and_turned_around(simulation, act, rule, members):
    play(simulation, "user-once", 1)
    play(simulation, "user-twice", 2)

    _, cohort = act("create_cohort", project_id=simulation.project.id, name="Players", rule=rule)

    assert sorted(each.value for each in simulation.amplitude_reader().members(cohort["id"])) == members


def test_events_are_streamed_to_a_webhook(simulation, act):
    target = {"url": "https://bridge.test/nowhere"}

    status, stream = act("add_event_destination", project_id=simulation.project.id, name="Mine", target=target)
    play(simulation, "user-once", 1)
    simulation.run_until_quiet()

    assert status == 200
    assert set(act("stream_counts", destination_id=stream["id"])[1]) >= {"on_first_attempt", "discarded"}


@pytest.mark.parametrize(
    ("verb", "parameters", "said"),
    [
        ("create_cohrt", {}, "there is no verb 'create_cohrt'; the nearest is 'create_cohort'"),
        ("create_cohort", {"name": "N", "rule": PLAYED}, "create_cohort needs the parameter 'project_id'"),
        ("create_cohort", {"project_id": 1, "name": "N", "rule": PLAYED}, "there is no project '1'; the nearest is"),
        ("create_cohort", {"rule": {"performd": {}}}, "create_cohort needs the parameter 'project_id'"),
        ("recompute", {"cohort_id": "x"}, "there is no cohort 'x'; there are none"),
        ("change_plan", {"plan": "Gold"}, "parameter 'plan' of change_plan: Invalid enum value 'Gold'"),
        ("remove_destination", {"destination_id": "x"}, "there is no destination 'x'; the nearest is"),
    ],
)
def test_a_wrong_word_is_answered_in_one_line(simulation, act, verb, parameters, said):
    before = simulation.amplitude["US"].fingerprint()

    status, answer = act(verb, **parameters)

    assert status == 400
    assert answer["error"].startswith(said)
    assert simulation.amplitude["US"].fingerprint() == before


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({}, "a rule is an object of one key"),
        ({"performd": {}}, "there is no rule 'performd'; the nearest is 'performed'"),
        ({"performed": {"event_type": 5}}, "rule 'performed': Expected `str`, got `int`"),
        ({"all_of": []}, "rule 'all_of' takes a list of rules"),
        (DEEP, "rules stand at most 20 deep in each other"),
        ({"not": []}, "a rule is an object of one key"),
        (
            {
                "performed": {
                    "event_type": "P",
                    "filters": [{"of": "event", "name": "n", "operator": "iss", "values": []}],
                }
            },
            "there is no operator 'iss'; the nearest is 'is'",
        ),
    ],
)
def test_a_rule_that_is_none_is_refused(simulation, act, rule, said):
    status, answer = act("create_cohort", project_id=simulation.project.id, name="N", rule=rule)

    assert status == 400
    assert answer["error"].startswith(said)
    assert not simulation.amplitude_api().get("/api/3/cohorts")["cohorts"]


def test_there_is_no_other_dashboard(act):
    status, answer = act("create_project", region="uk", name="N")

    assert (status, answer["error"]) == (400, "there is no dashboard 'amplitude_uk'; the nearest is 'amplitude_us'")


def test_every_verb_of_the_fake_is_a_verb_here_with_the_same_parameters(simulation):
    fake = simulation.amplitude["EU"]
    methods = {
        name: method
        for owner in (fake, fake.dashboard)
        for name, method in inspect.getmembers(owner, inspect.isroutine)
        if not name.startswith("_") and name not in NOT_A_PERSONS
    }

    assert set(VERBS) == set(methods)
    for name, method in methods.items():
        assert [each.replace("project_id", "project") for each in VERBS[name]] == list(
            inspect.signature(method).parameters
        )
        assert amplitude_desk(fake).method_of(name).__name__ == name
