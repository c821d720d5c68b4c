"""Rules about order, first times, sums and properties of events, against a slow and obvious evaluator."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_amplitude.cohorts import members
from fake_amplitude.ingestion import receive
from fake_amplitude.property_filters import PropertyFilter
from fake_amplitude.rules import (
    AllOf,
    AnyOf,
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
PUSH = PropertyFilter("event", "kind", "is", ("push",))
TYPES = ["View", "Pay", "Quit"]


def world_of(rows):
    """Rows are (user, event type, days ago, amount); a user's last row decides the user's age."""
    warehouse = Warehouse(1, lambda _: None)
    for user, event_type, days_ago, amount in rows:
        receive(
            warehouse,
            UploadedEvent(
                event_type=event_type,
                user_id=f"user-{user}",
                time=NOW - days_ago * DAY,
                event_properties={"amount": amount, "kind": "push" if amount > 2 else "sms"},
                user_properties={"age": amount, "name": f"name {amount}"},
            ),
            Arrival(NOW, NOW, "/batch"),
        )
    return warehouse


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


COMPARED = st.sampled_from([">=", "<=", "=", ">", "<", "!="])
DAYS = st.sampled_from([None, 1, 7])
LEAVES = st.one_of(
    st.builds(Performed, st.sampled_from([*TYPES, "_active"]), COMPARED, st.integers(0, 3), DAYS),
    st.builds(Performed, st.sampled_from(TYPES), COMPARED, st.integers(0, 2), DAYS, st.sampled_from([(), (PUSH,)])),
    st.builds(InSequence, st.lists(st.sampled_from([*TYPES, "_active"]), min_size=1, max_size=3).map(tuple), DAYS),
    st.builds(FirstTime, st.sampled_from([*TYPES, "_active"]), st.sampled_from([1, 7])),
    st.builds(SumOf, st.sampled_from(TYPES), st.just("amount"), COMPARED, st.integers(0, 6), DAYS),
    st.builds(PropertyCompares, st.just("age"), st.sampled_from(["less", "greater or equal"]), st.integers(0, 5)),
)
RULES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(AllOf, st.lists(inner, max_size=3).map(tuple)),
        st.builds(AnyOf, st.lists(inner, max_size=3).map(tuple)),
    ),
    max_leaves=4,
)
ROWS = st.lists(
    st.tuples(st.sampled_from("abc"), st.sampled_from(TYPES), st.sampled_from([0, 1, 2, 7, 8]), st.integers(0, 4)),
    max_size=16,
)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, rule=RULES)
def test_random_rules_agree_with_a_slow_obvious_evaluator(rows, rule):
    warehouse = world_of(rows)

    ages = {user: amount for user, _, _, amount in rows}
    expected = {f"user-{user}" for user, age in ages.items() if _obvious(rule, _story(rows, user), age)}

    assert found(warehouse, rule) == expected
    json.dumps(render_definition(rule))


def _story(rows, user):
    """One user's rows as they happened: by time, and by arrival where times are equal."""
    return sorted((row for row in rows if row[0] == user), key=lambda row: -row[2])


def _obvious(rule, story, age):  # noqa: PLR0911 - one answer for each kind of rule
    match rule:
        case Not(inner):
            return not _obvious(inner, story, age)
        case AllOf(rules):
            return all(_obvious(inner, story, age) for inner in rules)
        case AnyOf(rules):
            return any(_obvious(inner, story, age) for inner in rules)
        case Performed(event_type, comparison, times, days, filters):
            done = [row for row in _within(story, days) if _is(event_type, row) and (not filters or row[3] > 2)]
            return _holds(len(done), comparison, times)
        case SumOf(event_type, _, comparison, amount, days):
            return _holds(sum(row[3] for row in _within(story, days) if _is(event_type, row)), comparison, amount)
        case FirstTime(event_type, days):
            done = [row for row in story if _is(event_type, row)]
            return bool(done) and done[0][2] <= days
        case InSequence(steps, days):
            return _walks(list(steps), _within(story, days))
        case PropertyCompares(_, operator, amount):
            return age < amount if operator == "less" else age >= amount


def _within(story, days):
    return [row for row in story if days is None or row[2] <= days]


def _is(event_type, row):
    return event_type in ("_active", row[1])


def _walks(steps, story):
    if not steps:
        return True
    return any(_is(steps[0], row) and _walks(steps[1:], story[place + 1 :]) for place, row in enumerate(story))


def _holds(left, comparison, right):
    table = {">=": left >= right, "<=": left <= right, "=": left == right}
    return {**table, ">": left > right, "<": left < right, "!=": left != right}[comparison]
