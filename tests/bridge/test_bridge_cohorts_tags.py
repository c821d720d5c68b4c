"""Cohorts as tags of users by OneSignal's public API, against a receiver that holds the sender to its limits."""

from __future__ import annotations

from datetime import timedelta
from threading import Barrier

import pytest
from bridge_more_vendors import PublicOneSignal
from bridge_vendors import LOST_ANSWER

from bridge.choices import Tags
from bridge.cohort_lists import slug
from bridge.errors import SettingsError


@pytest.fixture
def make_tagging_world(make_world):
    def make(users=(), **settings):
        world = make_world(membership="tags", **settings)
        world.onesignal = PublicOneSignal(world.clock, users={user: {} for user in users})
        world.wire.hosts["api.onesignal.com"] = world.onesignal
        return world

    return make


def cohorts(world):
    return world.bridge.status().connections[0].cohorts


def tagged(world, key="cohort_Power-users"):
    return {user for user, tags in world.onesignal.users.items() if tags.get(key) == "true"}


def test_a_cohort_becomes_a_tag_and_a_leaver_loses_it(make_tagging_world):
    world = make_tagging_world(["u1", "u2", "u3"])
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "u2")
    world.run_until_quiet()
    world.clock.advance(hours=1)

    world.change(list_id, "remove", "u1")
    world.run_until_quiet()

    assert tagged(world) == {"u2"}
    assert world.onesignal.patches[-1] == ("u1", {"cohort_Power-users": ""})
    assert world.bridge.desk.members("shop", "c1") == {"applied": 1, "removed": 1}


@pytest.mark.parametrize("user", ["a/b?c#d", "ü ser%20", "user 1", "...", "a+b"])
def test_an_id_is_encoded_in_the_path(make_tagging_world, user):
    world = make_tagging_world([user])
    world.change(world.open_list(), "add", user)

    world.run_until_quiet()

    assert tagged(world) == {user}


@pytest.mark.parametrize("user", [".", ".."])
def test_an_id_that_no_path_can_hold_is_refused_and_reaches_nobody(make_tagging_world, user):
    world = make_tagging_world([user])
    world.change(world.open_list(), "add", user)

    world.run_until_quiet()

    assert world.onesignal.patches == []
    assert cohorts(world).buried == {f"external_id {user!r} cannot be written in the path of a request": 1}


def test_who_is_not_in_onesignal_is_refused_and_tried_again_at_the_next_sync_only(make_tagging_world):
    world = make_tagging_world(["u1"])
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "stranger")
    world.run_until_quiet()
    assert cohorts(world).buried == {"not in OneSignal": 1}
    assert world.bridge.next_due() is None
    world.onesignal.users["stranger"] = {}

    world.change(list_id, "add", "u1", "stranger")
    world.run_until_quiet()

    assert tagged(world) == {"u1", "stranger"}
    assert [user for user, _ in world.onesignal.patches] == ["u1", "stranger", "stranger"]


def test_who_is_not_in_onesignal_can_leave(make_tagging_world):
    world = make_tagging_world(["u1"])
    list_id = world.open_list()
    world.change(list_id, "add", "u1")
    world.run_until_quiet()
    world.onesignal.users.clear()
    world.clock.advance(hours=1)

    world.change(list_id, "remove", "u1")
    world.run_until_quiet()

    assert world.bridge.desk.members("shop", "c1") == {"removed": 1}


def test_no_more_go_in_a_second_than_onesignal_takes(make_tagging_world):
    users = [f"u{number:04}" for number in range(230)]
    world = make_tagging_world(users, tags=Tags(requests_per_second=100))
    world.change(world.open_list(), "add", *users)
    start = world.clock.moment

    world.bridge.run_due()
    assert len(world.onesignal.patches) == 100
    assert Tags().requests_per_second == 1_000
    assert world.bridge.next_due() == start + timedelta(seconds=1)
    world.run_until_quiet()

    assert tagged(world) == set(users)
    assert world.clock.moment - start == timedelta(seconds=2)
    assert {each.attempts for each in world.bridge.deliveries()} == {1}


def test_changes_of_a_user_in_several_cohorts_are_one_request(make_tagging_world):
    world = make_tagging_world(["u1"])
    first, second = world.open_list("First", "c1"), world.open_list("Second", "c2")
    world.change(first, "add", "u1")
    world.change(second, "add", "u1")
    world.change(first, "remove", "u1")

    world.run_until_quiet()

    assert world.onesignal.patches == [("u1", {"cohort_First": "", "cohort_Second": "true"})]


def test_a_user_is_changed_once_a_second(make_tagging_world):
    world = make_tagging_world(["u1"])
    list_id = world.open_list()
    for operation in ("add", "remove", "add"):
        world.change(list_id, operation, "u1")
        world.bridge.run_due()

    world.run_until_quiet()

    assert tagged(world) == {"u1"}


@pytest.mark.parametrize(
    ("fault", "alone"),
    [
        ((429, {"Retry-After": "20"}, {"errors": ["API rate limit exceeded"]}), False),
        ((429, {"Retry-After": "20"}, {"errors": ["x"], "limit": "Subscription/User Update Per Device"}), True),
        ((503, {"Retry-After": "20"}, b"<html>"), False),
        ((200, {"Content-Type": "text/html"}, b"<html>"), False),
        (LOST_ANSWER, False),
    ],
    ids=["app", "user", "503", "page", "lost"],
)
def test_a_limit_is_obeyed_by_whom_it_concerns_and_no_lane_breaks(make_tagging_world, fault, alone):
    world = make_tagging_world(["u1", "u2", "u3"])
    world.onesignal.script.append(fault)
    world.change(world.open_list(), "add", "u1", "u2", "u3")

    world.bridge.run_due()
    assert tagged(world) - {"u1"} == ({"u2", "u3"} if alone else set())
    if fault != LOST_ANSWER and "Retry-After" in fault[1]:
        assert world.bridge.next_due() - world.clock.moment == timedelta(seconds=20)
    world.run_until_quiet()

    assert tagged(world) == {"u1", "u2", "u3"}


def test_a_wrong_key_stops_the_way_back_and_buries_nothing(make_tagging_world):
    world = make_tagging_world(["u1"])
    world.onesignal.key = "rotated"
    world.change(world.open_list(), "add", "u1")

    world.bridge.run_due()

    assert cohorts(world).held_because.startswith("403 Access denied.")
    assert cohorts(world).waiting == 1


def test_several_senders_are_under_way_at_once_and_the_end_is_the_same(make_tagging_world):
    users = [f"u{number:02}" for number in range(40)]
    world = make_tagging_world(users, tags=Tags(senders=4))
    together = Barrier(4, timeout=20)
    receiver = world.onesignal

    class Meeting:
        script = receiver.script

        def __call__(self, environ, start_response):
            together.wait()
            return receiver(environ, start_response)

    world.wire.hosts["api.onesignal.com"] = Meeting()
    world.change(world.open_list(), "add", *users)

    world.bridge.run_due()

    assert tagged(world) == set(users)
    assert world.bridge.desk.members("shop", "c1") == {"applied": 40}


def test_the_key_of_a_tag_stays_when_the_cohort_is_renamed_and_is_nobody_elses(make_tagging_world):
    world = make_tagging_world(["u1", "u2", "u3"], tags=Tags(key="amp_<slug>", value="yes"))
    world.change(world.open_list("Power users", "c1"), "add", "u1")
    world.change(world.open_list("Power: users", "c2"), "add", "u2")
    world.run_until_quiet()

    world.change(world.open_list("Heroes", "c1"), "add", "u3")
    world.run_until_quiet()

    assert world.onesignal.users == {
        "u1": {"amp_Power-users": "yes"},
        "u2": {"amp_Power-users_c2": "yes"},
        "u3": {"amp_Power-users": "yes"},
    }


def test_a_slug_is_written_as_amplitude_writes_it():
    assert slug("Saturday's cohort & héllo") == "Saturday-s-cohort-he-llo"


@pytest.mark.parametrize(
    "setting", [{"key": "cohort"}, {"value": ""}, {"senders": 0}, {"senders": 999}, {"requests_per_second": 1_001}]
)
def test_a_setting_of_tags_that_cannot_be_meant_is_refused(setting):
    with pytest.raises(SettingsError, match=rf"tags\.{next(iter(setting))}"):
        Tags(**setting)
