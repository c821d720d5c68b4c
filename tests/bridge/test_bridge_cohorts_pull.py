"""Pulled cohorts: request, look, file, difference against the ledger; and what a dry run foresees."""

from __future__ import annotations

from datetime import timedelta

import pytest
from bridge_more_vendors import CohortsApi
from bridge_vendors import LOST_REQUEST

from bridge import AmplitudeProject
from bridge.choices import CohortPull
from bridge.errors import NoSecretKey, PullFailed, SettingsError, UnknownPull

HOURLY = CohortPull("c1", "Power users")
PROJECT = AmplitudeProject("amplitude-key", secret_key="amplitude-secret")


@pytest.fixture
def make_pulling_world(make_world):
    def make(*users, pulls=(HOURLY,), **settings):
        world = make_world(pulls=tuple(pulls), amplitude=PROJECT, **settings)
        world.cohorts = CohortsApi({"c1": rows(*users)})
        world.wire.hosts |= {"amplitude.com": world.cohorts, "store.test": world.cohorts}
        return world

    return make


def rows(*users):
    return [{"amplitude_id": str(number), "user_id": user} for number, user in enumerate(users)]


def pull(world):
    """Let time pass until the cohort has been pulled once more and everything is told."""
    done = len(world.bridge.desk.sync_history())
    for _ in range(200):
        world.clock.moment = max(world.clock.moment, world.bridge.next_due())
        world.bridge.run_due()
        if len(world.bridge.desk.sync_history()) > done:
            return
    raise AssertionError("the cohort was never pulled")


def most_within(length, moments):
    return max(sum(first <= other < first + length for other in moments) for first in moments)


def foresee(world, cohort_id="c1"):
    return world.bridge.desk.foresee("shop", cohort_id, wait=lambda length: world.clock.advance(seconds=length.seconds))


def test_a_pulled_cohort_is_told_and_only_its_changes_are_told_later(make_pulling_world):
    world = make_pulling_world("u1", "u2", "u3")
    pull(world)
    assert world.onesignal.members == {"c1": {"u1", "u2", "u3"}}
    world.onesignal.changes.clear()

    world.cohorts.members["c1"] = rows("u2", "u3", "u4")
    pull(world)

    assert sorted(world.onesignal.changes) == [("c1", "add", "u4"), ("c1", "remove", "u1")]
    first, second = world.bridge.desk.sync_history("c1")
    assert (first.source, first.added, second.added, second.removed) == ("pull", 3, 1, 1)
    assert second.skipped == {"already a member": 2}
    assert second.started_at - first.started_at >= timedelta(hours=1)


def test_an_unchanged_cohort_makes_no_write_to_onesignal(make_pulling_world):
    world = make_pulling_world("u1", "u2")
    pull(world)
    before = len(world.onesignal.calls)

    pull(world)

    assert len(world.onesignal.calls) == before


def test_a_mapped_property_is_asked_for_and_a_user_without_it_is_counted(make_pulling_world):
    world = make_pulling_world(mapped_property="crm id")
    world.cohorts.columns = ("amplitude_id", "user_id", "crm id")
    world.cohorts.members["c1"] = [{"user_id": "a", "crm id": 'x"1\n2'}, {"user_id": "b"}, {"crm id": "üser"}]

    pull(world)

    assert world.cohorts.asked[0] == "/api/5/cohorts/request/c1?props=1&propKeys=crm+id"
    assert world.onesignal.members == {"c1": {'x"1\n2', "üser"}}
    assert world.bridge.desk.sync_history()[0].skipped == {"unresolved mapping": 1}


def test_a_large_file_is_fetched_elsewhere_without_the_keys(make_pulling_world):
    world = make_pulling_world("u1")
    world.cohorts.elsewhere = True

    pull(world)

    assert world.onesignal.members == {"c1": {"u1"}}


@pytest.mark.parametrize("step", range(4))
@pytest.mark.parametrize("fault", [LOST_REQUEST, (429, {"Retry-After": "30"}, b""), (500, {}, b""), (403, {}, b"")])
def test_whatever_goes_wrong_the_cohort_arrives_in_the_end(make_pulling_world, step, fault):
    world = make_pulling_world("u1", "u2")
    world.cohorts.script.extend([*[None] * step, fault])

    pull(world)

    assert world.onesignal.members == {"c1": {"u1", "u2"}}


def test_what_a_run_did_not_achieve_is_part_of_the_next_one(make_pulling_world):
    world = make_pulling_world("u1", "u2", "u3")
    world.onesignal.poison = frozenset({"u2"})
    pull(world)
    assert world.onesignal.members == {"c1": {"u1", "u3"}}
    world.onesignal.poison = frozenset()

    pull(world)

    assert world.onesignal.members == {"c1": {"u1", "u2", "u3"}}
    assert world.bridge.desk.sync_history()[1].added == 1


def test_an_unknown_cohort_is_asked_for_again_at_its_next_turn_only(make_pulling_world):
    world = make_pulling_world(pulls=[CohortPull("gone", "Gone", cadence="daily")])

    world.bridge.run_due()

    (state,) = world.bridge.desk.pulls()["shop"]
    assert state.said.startswith("404")
    assert world.bridge.next_due() == world.clock.moment + timedelta(days=1)


def test_amplitude_is_asked_no_more_often_than_it_allows(make_pulling_world):
    pulls = [CohortPull(f"c{number}", "Some", cadence="minute") for number in range(6)]
    world = make_pulling_world(pulls=pulls)
    world.cohorts.members = {each.cohort_id: rows("u1") for each in pulls}
    asked = []

    while len(asked) < 70:
        world.clock.moment = max(world.clock.moment, world.bridge.next_due())
        before = len(world.cohorts.asked)
        world.bridge.run_due()
        asked += [(world.clock.moment, path) for path in world.cohorts.asked[before:]]

    everything = [moment for moment, _ in asked]
    requests = [moment for moment, path in asked if path.startswith("/api/5/cohorts/request/c") and "file" not in path]
    assert most_within(timedelta(minutes=10), everything) == 60
    assert most_within(timedelta(minutes=1), requests) == 4


def test_without_a_cadence_a_cohort_is_pulled_when_an_operator_asks(make_pulling_world):
    world = make_pulling_world("u1", pulls=[CohortPull("c1", "Power users", cadence=None)])
    assert world.bridge.next_due() is None

    world.bridge.desk.ask_for_sync("shop", "c1")
    pull(world)

    assert world.onesignal.members == {"c1": {"u1"}}
    assert world.bridge.next_due() is None
    with pytest.raises(UnknownPull, match="c1"):
        world.bridge.desk.ask_for_sync("shop", "c2")


def test_what_a_dry_run_foresees_is_what_the_run_does(make_pulling_world):
    world = make_pulling_world("u1", "u2", "u3", "undefined")
    pull(world)
    world.cohorts.members["c1"] = rows("u2", "u3", "u4", "u5", "undefined", "null", "", " ")
    before = (world.bridge.fingerprint(), len(world.onesignal.calls))

    plan = foresee(world)
    assert (world.bridge.fingerprint(), len(world.onesignal.calls)) == before
    pull(world)

    run = world.bridge.desk.sync_history("c1")[-1]
    assert (plan.added, plan.removed, plan.skipped) == (run.added, run.removed, run.skipped)
    assert (plan.added, plan.removed) == (2, 1)
    assert plan.skipped == {
        "already a member": 2,
        "blank user id": 1,
        "external_id 'null' is a placeholder, not an id": 1,
        "external_id 'undefined' is a placeholder, not an id": 1,
        "unresolved mapping": 1,
    }


def test_a_dry_run_foresees_a_cohort_that_amplitude_pushes(make_pulling_world):
    world = make_pulling_world("u2", "u3", "undefined", pulls=())
    world.change(world.open_list(), "add", "u1", "u2")
    world.run_until_quiet()
    before = (world.bridge.fingerprint(), len(world.onesignal.calls))

    plan = foresee(world)

    assert world.bridge.desk.whose("c1") == "shop"
    assert (plan.added, plan.removed) == (1, 1)
    assert plan.skipped == {"already a member": 1, "external_id 'undefined' is a placeholder, not an id": 1}
    assert (world.bridge.fingerprint(), len(world.onesignal.calls)) == before


def test_a_dry_run_without_the_secret_key_says_what_is_missing(world):
    with pytest.raises(NoSecretKey, match=r"^shop: .* needs amplitude.secret_key"):
        foresee(world)


def test_a_dry_run_that_gets_no_file_says_why(make_pulling_world):
    world = make_pulling_world(pulls=[CohortPull("gone", "Gone", cadence=None)])

    with pytest.raises(PullFailed, match="404"):
        foresee(world, "gone")


def test_a_full_outbox_lets_the_pull_wait(make_pulling_world):
    world = make_pulling_world(*(f"u{number}" for number in range(20)), outbox_maximum=5)
    for _ in range(3):
        world.clock.moment = max(world.clock.moment, world.bridge.next_due())
        world.bridge.run_due()

    (state,) = world.bridge.desk.pulls()["shop"]
    assert "maximum of 5" in state.said
    assert world.bridge.next_due() > world.clock.moment


def test_a_pull_goes_on_where_a_killed_process_left_it(make_pulling_world, tmp_path):
    world = make_pulling_world("u1", outbox_url=f"sqlite:///{tmp_path}/outbox.db")
    world.bridge.run_due()
    assert world.cohorts.asked == ["/api/5/cohorts/request/c1"]

    (state,) = world.bridge.desk.pulls()["shop"]

    assert state.request_id == "c1-1"
    assert world.bridge.next_due() == world.clock.moment + timedelta(seconds=15)


def test_pulls_need_the_secret_key(make_world):
    with pytest.raises(SettingsError, match="secret_key"):
        make_world(pulls=(HOURLY,))
