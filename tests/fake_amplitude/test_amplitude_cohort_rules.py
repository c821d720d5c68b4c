"""Rules about order, first times, sums and properties of events, against a slow and obvious evaluator."""

import json

import pytest
from amplitude_slow_rules import BEHAVIOUR_RULES, PUSH, RULES, TYPES, satisfied
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_amplitude.cohorts import members
from fake_amplitude.ingestion import receive
from fake_amplitude.rules import (
    AllOf,
    FirstTime,
    InSequence,
    Not,
    Performed,
    PropertyCompares,
    PropertyContains,
    SumOf,
)
from fake_amplitude.stored_events import Arrival
from fake_amplitude.warehouse import Warehouse
from fake_amplitude.wire.definition import render_definition
from fake_amplitude.wire.upload_form import UploadedEvent

DAY, NOW = 86_400_000, 1_000 * 86_400_000
ARRIVAL = Arrival(NOW, NOW, "/batch")


def world_of(rows):
    """Rows are (user, event type, days ago, amount); a user's last row decides the user's age."""
    warehouse = Warehouse(1, lambda _: None)
    for user, event_type, days_ago, amount in rows:
        receive(warehouse, posted(user, event_type, days_ago, amount), ARRIVAL)
    return warehouse


def posted(user, event_type, days_ago, amount, **more):
    return UploadedEvent(
        event_type=event_type,
        user_id=user and f"user-{user}",
        time=NOW - days_ago * DAY,
        event_properties={"amount": amount, "kind": "push" if amount > 2 else "sms"},
        user_properties={"age": amount, "name": f"name {amount}"},
        **more,
    )


def found(warehouse, rule):
    return {warehouse.profiles.of(each).user_id for each in members(rule, warehouse, NOW)}


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        (InSequence(("View", "Pay")), {"user-a", "user-d"}),
        (InSequence(("Pay", "View")), {"user-b"}),
        (InSequence(("View", "View")), set()),
        (InSequence(("View", "Pay", "_active")), set()),
        (InSequence(("View", "Pay"), days=1), set()),
        (InSequence(("View",), days=None), {"user-a", "user-b", "user-c", "user-d"}),
        (Not(InSequence(("View", "Pay"))), {"user-b", "user-c"}),
        (FirstTime("Pay", days=3), {"user-a"}),
        (SumOf("Pay", "amount", ">=", 5), {"user-a"}),
        (SumOf("Pay", "amount", "=", 0), {"user-c"}),
        (SumOf("Pay", "kind", "=", 0), {"user-a", "user-b", "user-c", "user-d"}),
        (Performed("Pay", filters=(PUSH,)), {"user-a"}),
        (PropertyCompares("age", "greater", 4), {"user-a"}),
        (PropertyContains("gp:name", ("e 1", "5")), {"user-a", "user-b"}),
    ],
)
def test_a_rule_finds_its_users(rule, expected):
    rows = [
        ("a", "View", 3, 1), ("a", "Pay", 2, 5), ("b", "Pay", 9, 1), ("b", "View", 1, 1), ("c", "View", 2, 2),
        ("d", "View", 9, 3), ("d", "Pay", 9, 2),
    ]  # fmt: skip

    assert found(world_of(rows), rule) == expected


def test_a_sequence_may_run_through_a_device_that_was_anonymous_at_its_beginning(amplitude, event):
    amplitude.upload(event("Open", user_id="user-9", device_id="device-9"))
    amplitude.upload(event("View", user_id=None, device_id="device-x"))

    amplitude.upload(event("Pay", user_id="user-9", device_id="device-x"))

    rule = InSequence(("View", "Pay"))
    (member,) = amplitude.fake.create_cohort(amplitude.project, "Buyers", rule).members
    assert member == amplitude.warehouse.identity.users["user-9"]


def test_the_definition_says_every_clause_in_json(amplitude, event):
    amplitude.upload(event())
    rule = AllOf(
        (Not(InSequence(("View", "Pay"))), SumOf("Pay", "amount", ">", 2.5), Performed("Pay", filters=(PUSH,)))
    )
    cohort = amplitude.fake.create_cohort(amplitude.project, "Buyers", AllOf((rule, FirstTime("Pay"))))

    definition = amplitude.get(f"/api/3/cohorts/{cohort.id}").json["cohort"]["definition"]

    sequence, total, performed, first = [clause["orClauses"][0] for clause in definition["andClauses"]]
    assert (sequence["type"], sequence["type_value"], sequence["negated"]) == ("sequence", ["View", "Pay"], True)
    assert (total["metric"], total["operator_value"]) == ("sum", 2.5)
    assert performed["filters"][0]["subprop_value"] == ["push"]
    assert (first["type"], first["time_value"]) == ("nth_time", 30)


ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(TYPES), st.sampled_from([0, 1, 2, 7, 8]), st.integers(0, 4)),
    max_size=16,
)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, rule=RULES)
def test_random_rules_agree_with_a_slow_obvious_evaluator(rows, rule):
    warehouse = world_of(rows)

    ages = {user: amount for user, _, _, amount in rows}
    expected = {f"user-{user}" for user, age in ages.items() if satisfied(rule, _story(rows, user), age)}

    assert found(warehouse, rule) == expected
    json.dumps(render_definition(rule))


PEOPLE, PHONES = ["ann", "ben"], ["x", "y", "z"]
HISTORIES = st.lists(
    st.tuples(
        st.sampled_from([None, *PEOPLE]),
        st.sampled_from(PHONES),
        st.sampled_from(TYPES),
        st.sampled_from([0, 1, 2, 7, 8]),
        st.integers(0, 4),
    ),
    max_size=16,
)


@settings(max_examples=150, deadline=None)
@given(history=HISTORIES, rule=BEHAVIOUR_RULES)
def test_random_rules_agree_with_the_evaluator_when_people_share_phones_and_log_in_late(history, rule):
    warehouse = Warehouse(1, lambda _: None)

    for person, phone, event_type, days_ago, amount in history:
        receive(warehouse, posted(person, event_type, days_ago, amount, device_id=f"phone-{phone}"), ARRIVAL)

    rows = [(_whose(history, place), *row[2:]) for place, row in enumerate(history)]
    expected = {whose for whose, *_ in rows if satisfied(rule, _story(rows, whose))}
    profiles = [warehouse.profiles.of(each) for each in members(rule, warehouse, NOW)]
    assert {each.user_id or each.device_ids[0] for each in profiles} == expected
    assert len(profiles) == len(expected)


def _whose(history, place):
    """Say whose an event is: the named person's, else that of who used the phone last, else of who used it first."""
    person, phone, *_ = history[place]
    before = [row[0] for row in history[:place] if row[1] == phone and row[0]]
    after = [row[0] for row in history[place:] if row[1] == phone and row[0]]
    named = next(filter(None, (person, *before[::-1], *after)), None)
    return f"user-{named}" if named else f"phone-{phone}"


def _story(rows, user):
    """One user's rows as they happened: by time, and by arrival where times are equal."""
    return sorted((row for row in rows if row[0] == user), key=lambda row: -row[2])
