"""Coverage one can see: the vendor's list of operations against the routes, and against the tests that prove them."""

import ast
from collections import Counter
from functools import cache
from pathlib import Path

import pytest
from flask import Flask

from fake_amplitude import FakeAmplitude, errors
from fake_amplitude.auth import WORLD_KEY
from fake_amplitude.doors import flask_app
from fake_amplitude.operations import shape
from fake_amplitude.routes.unbuilt import unbuilt

TESTS = Path(__file__).parent
UNBUILT_PROOF = "test_known_but_unbuilt_operations_say_so"


@cache
def written_tests():
    trees = (ast.parse(path.read_text()) for path in TESTS.glob("test_*.py"))
    return {node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}


def routes():
    """Say which blueprint answers each route."""
    return {
        shape(method, rule.rule): rule.endpoint.partition(".")[0]
        for rule in flask_app().url_map.iter_rules()
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }


def test_every_route_is_listed_and_every_listed_operation_is_answered_at_its_level():
    answered = {where: blueprint == "unbuilt" for where, blueprint in routes().items()}

    assert answered == {shape(row.method, row.path): row.level == "501" for row in FakeAmplitude.operations()}


def test_no_operation_is_listed_twice():
    shapes = Counter(shape(one.method, one.path) for one in FakeAmplitude.operations())
    names = Counter(one.operation for one in FakeAmplitude.operations())

    assert [max(counts.values()) for counts in (shapes, names)] == [1, 1]


def test_every_operation_names_a_test_that_exists():
    missing = {row.operation: row.proof for row in FakeAmplitude.operations() if row.proof not in written_tests()}

    assert not missing


def test_what_is_built_is_not_listed_as_501_nor_proved_by_the_test_of_the_unbuilt():
    unproved = [
        row.operation for row in FakeAmplitude.operations() if (row.level == "501") != (row.proof == UNBUILT_PROOF)
    ]

    assert not unproved


def test_known_but_unbuilt_operations_say_so(amplitude):
    """All are built; what was not would say so by itself."""
    answered = {shape(row.method, row.path) for row in FakeAmplitude.operations()} - {("GET", "/api/2/users")}
    app = Flask(__name__)
    app.register_blueprint(unbuilt(answered))
    client = app.test_client()
    app.testing, environ = True, {WORLD_KEY: amplitude.fake.world}

    with pytest.raises(errors.UnbuiltRest) as refused:
        client.get("/api/2/users", auth=amplitude.auth, environ_overrides=environ)
    with pytest.raises(errors.Forbidden):
        client.get("/api/2/users", environ_overrides=environ)

    assert (refused.value.status, str(refused.value)) == (501, "GET /api/2/users")
