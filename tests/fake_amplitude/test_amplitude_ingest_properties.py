"""Random streams of property operations against a slow, obvious model, and the edges (facts/amplitude-api.md 2.5)."""

import copy
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fake_amplitude.properties import ARRAY_CHARACTERS_MAX, changed

NAMES = st.sampled_from("ab")
VALUES = st.one_of(
    st.integers(-3, 3),
    st.booleans(),
    st.sampled_from(["x", "y", "2"]),
    st.lists(st.sampled_from(["x", "y", 1]), max_size=3),
)
OPERATIONS = [
    "$unset", "$set", "$setOnce", "$add", "$append", "$prepend", "$preInsert", "$postInsert", "$remove",
]  # fmt: skip
UPDATES = st.builds(
    lambda operations, plain, clears: {**operations, **plain, **({"$clearAll": "-"} if clears else {})},
    st.dictionaries(st.sampled_from(OPERATIONS), st.dictionaries(NAMES, VALUES, max_size=2), max_size=4),
    st.dictionaries(NAMES, VALUES, max_size=1),
    st.integers(0, 9).map(lambda n: n == 0),
)


@settings(max_examples=60, deadline=None)
@given(st.lists(UPDATES, max_size=8))
def test_random_operations_agree_with_a_slow_obvious_model(updates):
    properties, expected = {}, {}

    for update in updates:
        before, said = copy.deepcopy(properties), copy.deepcopy(update)
        after = changed(properties, update)
        assert (properties, update) == (before, said)
        properties, expected = after, _obvious(expected, update)

        assert json.dumps(properties, sort_keys=True) == json.dumps(expected, sort_keys=True)


def _obvious(known, update):  # noqa: C901 - the table, row by row
    """Say it in the words of the table, one operation after the other, one property after the other."""
    known = {} if "$clearAll" in update else copy.deepcopy(known)
    for operation in OPERATIONS:
        for name, value in update.get(operation, {}).items():
            new = value if isinstance(value, list) else [value]
            old = known.get(name, [])
            old = old if isinstance(old, list) else [old]
            if operation == "$unset" and name in known:
                del known[name]
            if operation == "$set" or (operation == "$setOnce" and name not in known):
                known[name] = value
            if operation == "$add" and _is_numeric(value) and _is_numeric(known.get(name, 0)):
                known[name] = int(known.get(name, 0)) + int(value)
            if operation == "$append":
                known[name] = old + new
            if operation == "$prepend":
                known[name] = new + old
            if operation == "$preInsert":
                known[name] = _once(new, old) + old
            if operation == "$postInsert":
                known[name] = old + _once(new, old)
            if operation == "$remove" and name in known:
                known[name] = [each for each in old if json.dumps(each) not in map(json.dumps, new)]
    return {**known, **{name: value for name, value in update.items() if not name.startswith("$")}}


def _is_numeric(value):
    return type(value) is int or value == "2"


def _once(new, old):
    told, fresh = [json.dumps(each) for each in old], []
    for each in new:
        if json.dumps(each) not in told:
            told.append(json.dumps(each))
            fresh.append(each)
    return fresh


@pytest.mark.parametrize("operation", ["$append", "$prepend", "$preInsert", "$postInsert"])
def test_an_array_holds_about_ten_thousand_characters(operation):
    properties = {}

    for n in range(30):
        properties = changed(properties, {operation: {"a": [f"{n}-{m}" + "x" * 90 for m in range(10)]}})

    assert 0.8 * ARRAY_CHARACTERS_MAX < len(json.dumps(properties["a"])) < 1.1 * ARRAY_CHARACTERS_MAX


def test_a_single_value_too_long_for_an_array_leaves_it_empty():
    assert changed({}, {"$append": {"a": ["x" * 20_000]}}) == {"a": []}


def test_true_after_one_is_a_change(amplitude, event):
    amplitude.upload(event(user_properties={"a": 1}), event(user_properties={"a": True}))

    assert amplitude.warehouse.profiles.all()[0].properties["a"] is True


def test_true_and_one_are_two_values():
    assert changed({"a": [1]}, {"$postInsert": {"a": True}}) == {"a": [1, True]}
    assert changed({"a": [1, True]}, {"$remove": {"a": True}})["a"] == [1]


def test_long_user_properties_are_cut_also_inside_operations(amplitude, event):
    amplitude.upload(event(user_properties={"$set": {"a": "x" * 1_025}, "b": "y" * 1_025}))

    assert amplitude.warehouse.profiles.all()[0].properties == {"a": "x" * 1_024, "b": "y" * 1_024}
