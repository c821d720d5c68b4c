from __future__ import annotations

from datetime import timedelta

import pytest
from bridge_vendors import LOST_ANSWER, LOST_REQUEST
from bridge_world import make_connection

from bridge.cohort_changes import parse_list_name
from bridge.errors import Malformed


def cohorts(world):
    return world.bridge.status().connections[0].cohorts


def methods(world):
    return [method for method, _, _ in world.onesignal.calls]


def test_a_cohort_is_named_once_and_its_members_follow_in_one_call(world):
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "u2", "u3")
    world.change(list_id, "remove", "u4")

    world.bridge.run_due()

    assert world.onesignal.names == {"c1": "Power users"}
    assert world.onesignal.members == {"c1": {"u1", "u2", "u3"}}
    assert methods(world) == ["PUT", "POST"]
    world.change(list_id, "add", "u5")
    world.bridge.run_due()
    assert methods(world) == ["PUT", "POST", "POST"]


def test_an_empty_cohort_is_named_too(world):
    world.open_list()

    assert world.bridge.run_due() == 1

    assert world.onesignal.names == {"c1": "Power users"}
    assert world.bridge.next_due() is None


def test_a_renamed_cohort_is_named_again_and_the_same_name_is_not(world):
    world.open_list("Power users")
    world.bridge.run_due()

    world.open_list("Power users")
    world.open_list("Heroes")
    world.bridge.run_due()

    assert world.onesignal.names == {"c1": "Heroes"}
    assert methods(world) == ["PUT", "PUT"]


def test_ten_thousand_go_in_one_call_and_the_next_one_in_another(world):
    list_id = world.open_list()
    world.change(list_id, "add", *(f"u{number}" for number in range(10_000)))
    world.change(list_id, "add", "one more")

    world.bridge.run_due()

    assert len(world.onesignal.members["c1"]) == 10_001


def test_a_users_changes_leave_in_their_order_and_never_in_one_call(world):
    list_id = world.open_list()
    for operation in ("add", "remove", "add", "remove"):
        world.change(list_id, operation, "u1")
    world.change(list_id, "add", "u2")

    world.bridge.run_due()

    changes = [operation for _, operation, user in world.onesignal.changes if user == "u1"]
    assert changes == ["add", "remove", "add", "remove"]
    assert world.onesignal.members == {"c1": {"u2"}}


@pytest.mark.parametrize(
    "fault",
    [
        LOST_REQUEST,
        LOST_ANSWER,
        (500, {}, b""),
        (503, {"Retry-After": "7"}, {"errors": ["Service temporarily unavailable"]}),
    ],
    ids=repr,
)
@pytest.mark.parametrize("call", [0, 1])
def test_a_removal_never_overtakes_its_addition(world, fault, call):
    world.onesignal.script.extend([*[None] * call, fault])
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "u2")
    world.bridge.run_due()
    world.change(list_id, "remove", "u1")

    world.run_until_quiet()

    assert world.onesignal.members == {"c1": {"u2"}}
    assert cohorts(world).waiting == 0


def test_the_rate_limit_of_onesignal_is_obeyed(world):
    list_id = world.open_list()
    world.bridge.run_due()
    world.onesignal.script.append((429, {"Retry-After": "20"}, {"errors": ["API rate limit exceeded"]}))
    world.change(list_id, "add", "u1")

    world.bridge.run_due()

    assert world.bridge.next_due() - world.clock.moment == timedelta(seconds=20)
    (waiting,) = world.bridge.deliveries(state="waiting")
    assert (waiting.reason, waiting.attempts) == ("429 API rate limit exceeded", 1)


def test_the_plan_gate_buries_with_the_vendors_words(world):
    refusal = (403, {}, {"errors": ["App may not submit cohort updates from Amplitude"]})
    world.onesignal.script.extend([refusal] * 2)
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "u2")

    world.bridge.run_due()

    assert cohorts(world).buried == {"403 App may not submit cohort updates from Amplitude": 3}
    assert cohorts(world).held_because is None


def test_a_wrong_key_stops_the_way_back_and_buries_nothing(world):
    world.onesignal.rest_api_key = "rotated"
    list_id = world.open_list()
    world.change(list_id, "add", "u1")

    world.bridge.run_due()

    assert (cohorts(world).waiting, cohorts(world).buried) == (2, {})
    assert cohorts(world).held_because.startswith("403 Access denied.")
    assert world.bridge.next_due() is None


def test_a_cohort_that_onesignal_has_forgotten_is_named_again(world):
    list_id = world.open_list()
    world.bridge.run_due()
    world.onesignal.names.clear()
    world.change(list_id, "add", "u1")

    world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"u1"}}
    assert methods(world) == ["PUT", "POST", "PUT", "POST"]


def test_a_cohort_that_onesignal_will_not_know_is_buried(world):
    list_id = world.open_list()
    world.bridge.run_due()
    missing = (404, {}, {"errors": [{"title": "cohort not found"}]})
    world.onesignal.script.extend([missing, None, missing])
    world.change(list_id, "add", "u1")

    world.bridge.run_due()

    assert cohorts(world).buried == {"404 cohort not found": 1}


def test_one_bad_member_is_found_by_halving_and_buried_alone(world):
    world.onesignal.poison = frozenset({"u5"})
    list_id = world.open_list()
    world.change(list_id, "add", *(f"u{number}" for number in range(8)))

    world.bridge.run_due()

    assert world.onesignal.members["c1"] == {f"u{number}" for number in range(8)} - {"u5"}
    assert cohorts(world).buried == {"400 bad request": 1}


def test_placeholders_are_buried_and_blank_or_repeated_ids_are_counted(world):
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "u1", "", "  ", "undefined")

    world.bridge.run_due()

    assert world.onesignal.members == {"c1": {"u1"}}
    assert cohorts(world).ignored == {"blank user id": 2, "repeated in the batch": 1}
    assert cohorts(world).buried == {"external_id 'undefined' is a placeholder, not an id": 1}
    assert cohorts(world).received == 6


def test_two_cohorts_of_one_connection_do_not_mix(world):
    first, second = world.open_list("First", "c1"), world.open_list("Second", "c/2")
    world.change(first, "add", "u1")
    world.change(second, "add", "u1", "u2")
    world.change(first, "remove", "u1")

    world.bridge.run_due()

    assert world.onesignal.members == {"c1": set(), "c/2": {"u1", "u2"}}


def test_a_users_deliveries_can_be_read_back_with_what_became_of_them(world):
    list_id = world.open_list()
    world.change(list_id, "add", "u1", "u2")
    world.stream(event_external_id="u1")
    world.bridge.run_due()

    told = [(each.direction, each.kind, each.state, each.attempts) for each in world.bridge.deliveries(user="u1")]

    assert told == [("cohorts", "add", "delivered", 1), ("events", "message.push.sent", "delivered", 1)]


def test_the_list_of_one_connection_is_not_known_to_another(world):
    list_id = world.open_list()
    stranger = make_connection(name="other")
    world.connection = stranger.name

    assert world.change(list_id, "add", "u1").status_code == 404


@pytest.mark.parametrize(
    ("list_name", "parsed"),
    [
        ("[Amplitude] Power users: 7khm89cz", ("7khm89cz", "Power users")),
        ("[Amplitude] Ratio: 1: 2: c1", ("c1", "Ratio: 1: 2")),
        ("[Amplitude] [Amplitude] x: c1", ("c1", "[Amplitude] x")),
        ("[Amplitude] Saturday's cohort & héllo: c1", ("c1", "Saturday's cohort & héllo")),
        ("[Amplitude] two\nlines: c1", ("c1", "two\nlines")),
    ],
)
def test_a_lists_name_is_read_as_cohort_name_and_id(list_name, parsed):
    assert parse_list_name(list_name) == parsed


@pytest.mark.parametrize("list_name", ["Power users: c1", "[Amplitude] x", "[amplitude] x: c1", "[Amplitude] x:c1", ""])
def test_a_name_of_another_form_is_refused(list_name):
    with pytest.raises(Malformed):
        parse_list_name(list_name)
