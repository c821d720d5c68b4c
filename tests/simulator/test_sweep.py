"""The fault sweep: every call of a story by every kind of fault, and one command that repeats a cell."""

import re
import shlex

import orjson
import pytest
from laws_broken_bridges import Meddler, each_event

import simulator.simulation
from simulator.__main__ import main
from simulator.disturbances import KINDS
from simulator.sweep import count_calls, play_cell, sweep
from simulator.telling import Telling

SMALL = Telling("connect_and_sync", 7, ("people=1",))
FEW = ("answer lost", "500 after", "overtaken")


def run(capsys, *words):
    with pytest.raises(SystemExit) as ended:
        main(["sweep", *words])
    return ended.value.code, capsys.readouterr()


@pytest.fixture
def forgetful_bridge(monkeypatch):
    """A bridge that makes a new insert_id whenever it sends an event, as many do that never saw a lost answer."""
    honest, numbers = simulator.simulation.Bridge, iter(range(10**6))

    def broken(settings, *, session, **words):
        seen = set()

        def again(event):
            if event["insert_id"] in seen:
                event["insert_id"] = f"again-{next(numbers)}"
            seen.add(event["insert_id"])

        session.mount("https://", Meddler(session.get_adapter("https://"), each_event(again)))
        return honest(settings, session=session, **words)

    monkeypatch.setattr(simulator.simulation, "Bridge", broken)


def test_the_calls_of_a_story_are_counted_without_any_fault():
    calls, held = count_calls(SMALL)

    assert calls == 6
    assert "every message event arrived exactly once" in held


def test_every_call_is_struck_once_by_every_kind():
    calls, held = count_calls(SMALL)

    cells = list(sweep(SMALL, range(1, calls + 1), FEW, held))

    assert [(cell.call, cell.kind) for cell in cells] == [(call, kind) for call in range(1, 7) for kind in FEW]
    assert not [cell for cell in cells if cell.broken or cell.struck == "the call did not come"]
    assert cells[-1].struck == "bridge: POST api2.amplitude.com/2/httpapi"


@pytest.mark.usefixtures("forgetful_bridge")
def test_the_matrix_names_what_a_broken_bridge_breaks_and_how_to_repeat_it(capsys):
    code, told = run(capsys, "connect_and_sync", "--set", "people=1", "--kind", "request lost", "--kind", "answer lost")

    assert code == 1
    assert re.search(r"^XX     6 bridge: POST api2\.amplitude\.com/2/httpapi$", told.out, re.MULTILINE)
    assert "answer lost at call 6 (bridge: POST api2.amplitude.com/2/httpapi): nothing was invented" in told.out
    command = next(line.strip() for line in told.out.splitlines() if line.startswith("  simulator sweep"))
    again, repeated = run(capsys, *shlex.split(command)[2:])
    assert again == 1
    assert "0 of 1 faults left every law standing" in repeated.out


def test_a_sweep_as_json_says_every_cell(capsys):
    code, told = run(capsys, "connect_and_sync", "--set", "people=1", "--calls", "5-6", "--kind", "doubled", "--json")

    found = orjson.loads(told.out)
    assert (code, found["holds"], found["calls"], found["parameters"]) == (0, True, 6, {"people": 1})
    assert [(cell["call"], cell["kind"], cell["broken"]) for cell in found["cells"]] == [
        (5, "doubled", []),
        (6, "doubled", []),
    ]


def test_a_story_that_a_fault_cuts_short_is_still_judged():
    _, held = count_calls(SMALL)

    cell = play_cell(SMALL, 1, "wrong content", held)

    assert cell.cut_short == "KeyError: 'successful'"
    assert cell.broken == ()


@pytest.mark.parametrize(("call", "kind"), [(2, "wrong content"), (6, "500 after")])
def test_what_a_story_did_not_come_to_mend_is_not_held_against_the_bridge(call, kind):
    """The key was rotated, and nobody told the bridge: nobody could, without the answer that was spoilt."""
    rotation = Telling("key_rotated", settings=("people=2", "hours=2"))

    cell = play_cell(rotation, call, kind, count_calls(rotation)[1])

    assert cell.cut_short
    assert cell.broken == ()


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["connect_and_sink"], "there is no scenario 'connect_and_sink'; the nearest is 'connect_and_sync'"),
        (["connect_and_sync", "--kind", "answer loss"], "there is no kind of fault 'answer loss'; the nearest is"),
        (["connect_and_sync", "--calls", "some"], "--calls takes a number or FIRST-LAST, not 'some'"),
        (["connect_and_sync", "--calls", "1-99"], "--calls 1-99: the story makes the calls 1 to 8"),
        (["connect_and_sync", "--calls", "0"], "--calls 0: the story makes the calls 1 to 8"),
    ],
)
def test_wrong_usage_is_said_in_one_line(capsys, words, said):
    code, told = run(capsys, *words)

    assert code == 2
    assert told.err.startswith(f"simulator: {said}")
    assert told.err.count("\n") == 1


def test_every_kind_has_a_letter_of_its_own():
    assert len(KINDS) <= 52
