"""What the operations of an Identify do (facts/amplitude-api.md 2.5)."""

import pytest

from fake_amplitude.properties import changed


@pytest.mark.parametrize(
    ("before", "update", "after"),
    [
        ({"a": 1}, {"b": 2}, {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, {"$clearAll": "-"}, {}),
        ({"a": 1}, {"$clearAll": "-", "$set": {"b": 2}}, {"b": 2}),
        ({"a": 1, "b": 2}, {"$unset": {"a": "-", "z": "-"}}, {"b": 2}),
        ({"a": 1}, {"$set": {"a": 2}}, {"a": 2}),
        ({"a": 1}, {"$setOnce": {"a": 2, "b": 3}}, {"a": 1, "b": 3}),
        ({"a": 1}, {"$add": {"a": 2, "b": "3", "c": "x", "d": True}}, {"a": 3, "b": 3}),
        ({"a": "x"}, {"$add": {"a": 2}}, {"a": "x"}),
        ({"a": "x"}, {"$append": {"a": "y", "b": ["z"]}}, {"a": ["x", "y"], "b": ["z"]}),
        ({"a": ["x"]}, {"$prepend": {"a": ["y", "z"]}}, {"a": ["y", "z", "x"]}),
        ({"a": ["x"]}, {"$preInsert": {"a": ["y", "x", "y"]}}, {"a": ["y", "x"]}),
        ({"a": ["x"]}, {"$postInsert": {"a": ["y", "x"]}}, {"a": ["x", "y"]}),
        ({"a": ["x", "y", "x"]}, {"$remove": {"a": "x", "b": 1}}, {"a": ["y"]}),
        ({}, {"$set": {"a": 1}, "$add": {"a": 2}, "$unset": {"a": "-"}}, {"a": 3}),
        ({}, {"$set": {"a": 1}, "a": 2}, {"a": 2}),
        ({}, {"$add": {"a": 10**400, "b": 1e308}}, {}),
    ],
)
def test_an_operation_changes_what_the_server_would(before, update, after):
    unchanged = dict(before)

    assert changed(before, update) == after
    assert before == unchanged
