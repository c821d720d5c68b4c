"""The house is checked by the same command as the code: style, types, who imports whom, and how long things are."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
HOUSES = ("bridge", "fake_onesignal", "fake_amplitude", "simulator", "scenarios")
MODULES = sorted(path for house in HOUSES for path in (ROOT / house).rglob("*.py"))
LINES_MAX = 300
FUNCTION_LINES_MAX = 40
DRAWERS = {"utils", "helpers", "common", "base", "manager", "core", "misc"}


def names(path):
    return str(path.relative_to(ROOT))


def run(*command):
    done = subprocess.run(  # noqa: S603  # our own tools, no input from outside
        [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_ruff_finds_nothing():
    run("-m", "ruff", "check", "--no-cache", ".")


def test_ruff_would_format_nothing_anew():
    run("-m", "ruff", "format", "--check", "--no-cache", ".")


@pytest.mark.timeout(240)
def test_mypy_is_content_in_strict_mode():
    run("-m", "mypy")


def test_imports_run_straight_down():
    run(
        "-c",
        "import sys; from importlinter.cli import lint_imports_command; sys.exit(lint_imports_command())",
        "--no-cache",
    )


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_is_no_longer_than_the_wall(path):
    assert len(path.read_text().splitlines()) <= LINES_MAX


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_a_module_begins_by_saying_what_it_is_for(path):
    docstring = ast.get_docstring(ast.parse(path.read_text()))

    assert docstring
    assert docstring.splitlines()[0].endswith((".", "?"))


@pytest.mark.parametrize("path", MODULES, ids=names)
def test_functions_are_short(path):
    long = [
        f"{node.name}: {lines}"
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.FunctionDef)
        and (lines := node.end_lineno - node.body[0].lineno + 1) > FUNCTION_LINES_MAX
    ]

    assert not long


def test_there_is_no_drawer_for_odds_and_ends():
    assert not [names(path) for path in MODULES if path.stem in DRAWERS]


def test_nothing_committed_names_a_machine_or_a_registry():
    tracked = subprocess.run(
        ["git", "ls-files"],  # noqa: S607  # whichever git is here
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    words = (f"{ROOT}/", "files.pythonhosted", "/simple/")
    files = [ROOT / name for name in tracked if (ROOT / name).is_file()]

    assert not [
        names(path)
        for path in files
        if path != Path(__file__) and any(word in path.read_text(errors="ignore") for word in words)
    ]
