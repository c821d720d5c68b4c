"""Coverage one can see: the vendor's list of operations against the routes, and against the tests that prove them."""

from __future__ import annotations

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest

from fake_onesignal import FakeOneSignal
from fake_onesignal.coverage import operation_of
from fake_onesignal.operations import declared, shape

TESTS = Path(__file__).parent
CLIENT_OPERATIONS = 59


@cache
def written_tests():
    trees = (ast.parse(path.read_text()) for path in TESTS.glob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def test_every_route_is_listed_and_every_listed_operation_is_answered():
    rows = FakeOneSignal.operations()

    assert [shape(row.method, row.path) for row in rows] == [shape(one.method, one.path) for one in declared()]
    assert {row.level for row in rows} <= {"stateful", "derived", "static", "501"}


def test_no_operation_is_listed_twice():
    shapes = Counter(shape(one.method, one.path) for one in declared())
    names = Counter(one.operation for one in declared())

    assert (max(shapes.values()), max(names.values())) == (1, 1)


def test_every_operation_names_a_test_that_exists():
    missing = {row.operation: row.proof for row in FakeOneSignal.operations() if row.proof not in written_tests()}

    assert not missing


def test_what_is_built_is_not_listed_as_501_nor_proved_by_the_test_of_the_unbuilt():
    unproved = [
        row.operation
        for row in FakeOneSignal.operations()
        if (row.level == "501") != (row.proof == "test_known_but_unbuilt_operations_say_so")
    ]

    assert not unproved


def test_every_method_of_the_official_client_is_an_operation_of_the_list():
    api = pytest.importorskip("onesignal.api.default_api").DefaultApi
    named = {one.operation for one in declared()}
    methods = {name for name in vars(api()) if name.endswith("_endpoint")}

    assert len(methods) == CLIENT_OPERATIONS
    assert {name.removesuffix("_endpoint") for name in methods} <= named


@pytest.mark.parametrize(
    ("method", "path", "operation"),
    [
        ("PATCH", "/apps/a/users/by/external_id/a%2Fb", "update_user"),
        ("HEAD", "/apps", "get_apps"),
        ("GET", "/nowhere", None),
        ("PUT", "/apps", None),
    ],
)
def test_a_request_tells_its_operation(method, path, operation):
    found = operation_of(method, path)

    assert (found and found.operation) == operation
