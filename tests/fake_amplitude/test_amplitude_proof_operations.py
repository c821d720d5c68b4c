"""Coverage one can see: the vendor's list of operations against the routes, and against the tests that prove them."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from fake_amplitude import FakeAmplitude
from fake_amplitude.coverage import UNBUILT_PROOF, operation_of
from fake_amplitude.operations import declared, shape

TESTS = Path(__file__).parent
UNBUILT = [row for row in FakeAmplitude.operations() if row.level == "501"]


@cache
def written_tests():
    trees = (ast.parse(path.read_text()) for path in TESTS.glob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_route_is_listed_and_every_listed_operation_is_answered():
    rows = FakeAmplitude.operations()

    assert [shape(row.method, row.path) for row in rows] == [shape(one.method, one.path) for one in declared()]
    assert {row.level for row in rows} <= {"stateful", "derived", "static", "501"}
    assert {row.host for row in rows} <= {"ingest", "rest", "profile"}


def test_no_operation_is_listed_twice():
    shapes = Counter(shape(one.method, one.path) for one in declared())
    names = Counter(one.operation for one in declared())

    assert [max(counts.values()) for counts in (shapes, names)] == [1, 1]


def test_every_operation_names_a_test_that_exists():
    missing = {row.operation: row.proof for row in FakeAmplitude.operations() if row.proof not in written_tests()}

    assert not missing


def test_the_list_does_not_promise_what_is_not_built():
    promised = {one.operation: one.level for one in declared()}

    assert promised == {row.operation: row.level for row in FakeAmplitude.operations()}


def test_what_is_built_is_not_listed_as_501_nor_proved_by_the_test_of_the_unbuilt():
    unproved = [
        row.operation for row in FakeAmplitude.operations() if (row.level == "501") != (row.proof == UNBUILT_PROOF)
    ]

    assert not unproved


@pytest.mark.parametrize("row", UNBUILT, ids=lambda row: row.operation)
def test_known_but_unbuilt_operations_say_so(amplitude, row):
    path = row.path.replace("{", "").replace("}", "")

    answer = amplitude.client.open(path, method=row.method, auth=amplitude.auth)
    stranger = amplitude.client.open(path, method=row.method)

    assert (answer.status_code, answer.json["error"]["metadata"]) == (501, {"details": f"{row.method} {path}"})
    assert stranger.status_code == 403


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("GET", "/api/3/cohorts/a%2Fb", "get_cohort"),
        ("HEAD", "/api/3/cohorts", "list_cohorts"),
        ("POST", "/batch", "upload_batch"),
        ("GET", "/nowhere", None),
        ("PUT", "/batch", None),
    ],
)
def test_a_request_tells_its_operation(method, path, operation):
    found = operation_of(method, path)

    assert (found and found.operation) == operation
