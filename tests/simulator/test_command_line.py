"""The command line says what holds by its exit code, and wrong usage in one line."""

import orjson
import pytest
from click.testing import CliRunner

from simulator.__main__ import main
from simulator.ready import forget, write_down


def run(*words):
    return CliRunner().invoke(main, words)


def test_scenarios_are_listed_with_their_parameters():
    listed = run("scenarios")

    assert listed.exit_code == 0
    assert "faq_counts" in listed.output
    assert "users=2000" in listed.output


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("play", "faq_cuonts"), "simulator: there is no scenario 'faq_cuonts'; the nearest is 'faq_counts'"),
        (
            ("play", "faq_counts", "--set", "user=3"),
            "simulator: there is no parameter 'user' of faq_counts; the nearest is 'users'",
        ),
        (("play", "faq_counts", "--set", "users=x"), "simulator: parameter 'users' takes int, not 'x'"),
        (("play", "faq_counts", "--set", "users=-1"), "simulator: parameter 'users' must be at least 0, not -1"),
        (("play", "faq_delivery", "--set", "users=0"), "simulator: parameter 'users' must be at least 1, not 0"),
        (
            ("play", "faq_counts", "--set", "anonymous=2"),
            "simulator: parameter 'anonymous' must be a share between 0 and 1, not 2.0",
        ),
        (
            ("play", "faq_counts", "--set", "absent=0.9", "--set", "misspelt=0.9"),
            "simulator: anonymous, absent, misspelt, without_subscription, unsubscribed add up to 1 at most, not 1.877",
        ),
        (
            ("play", "faq_delivery", "--set", "clicked=-0.1"),
            "simulator: parameter 'clicked' must be a share between 0 and 1, not -0.1",
        ),
        (
            ("play", "outage_of_amplitude", "--set", "status=404"),
            "simulator: parameter 'status' must be at least 500, not 404",
        ),
        (
            ("play", "faq_counts", "--set", "users=99999999999"),
            "simulator: parameter 'users' must be at most 10,000,000, not 99,999,999,999",
        ),
        (
            ("play", "faq_counts", "--set", "bystanders=inf"),
            "simulator: parameter 'bystanders' must be at most 10,000,000, not inf",
        ),
        (
            ("play", "faq_counts", "--set", "users=10000000", "--set", "bystanders=2"),
            "simulator: there cannot be 30,000,000 people",
        ),
        (("paly", "faq_counts"), "simulator: there is no command 'paly'; the nearest is 'play'"),
        (("--sed",), "simulator: No such option '--sed'."),
        (("play", "faq_counts", "--jsno"), "simulator: No such option '--jsno'. Did you mean '--json'?"),
        (("play",), "simulator: Missing argument 'NAME'."),
        (
            ("play", "faq_counts", "--seed", "x"),
            "simulator: Invalid value for '--seed': 'x' is not a valid integer range.",
        ),
        (
            ("play", "faq_counts", "--limits", "of"),
            "simulator: Invalid value for '--limits': 'of' is not one of 'off', 'documented'.",
        ),
        (
            ("serve", "--port", "0", "--ready-file", "/nowhere/ready"),
            "simulator: cannot write '/nowhere/ready': there is no such folder",
        ),
        (("serve", "--host", ""), "simulator: a host must have a name or an address, for example 127.0.0.1"),
        (("serve", "--set", "users=1"), "simulator: --set needs a --scenario to set something in"),
        (("serve", "--port", "65534"), "simulator: port 65534 leaves no room for 5 consecutive ports"),
    ],
)
def test_wrong_usage_is_one_line_with_the_remedy(words, said):
    answered = run(*words)

    assert answered.exit_code == 2
    assert answered.stderr.strip() == said
    assert not answered.stdout


def test_a_scenario_that_holds_exits_with_0_and_prints_one_object():
    played = run("play", "faq_counts", "--seed", "3", "--set", "users=40", "--json")

    told = orjson.loads(played.stdout)
    assert played.exit_code == 0
    assert list(told) == ["scenario", "seed", "parameters", "holds", "checks", "account", "digest"]
    assert told["holds"] is True
    assert told["parameters"]["users"] == 40
    assert all(list(check) == ["name", "holds", "detail"] for check in told["checks"])
    assert all(list(line) == ["reason", "users", "subscriptions"] for line in told["account"])
    assert told["account"][0] == {"reason": 'Amplitude cohort "Power users"', "users": 40, "subscriptions": 0}


def test_nobody_can_be_explained_who_is_not_there():
    played = run("play", "faq_counts", "--set", "users=5", "--explain", "nobody")

    assert played.exit_code == 2
    assert "nobody called 'nobody'" in played.stderr


def test_a_seed_is_a_number_that_json_can_carry():
    played = run("play", "connect_and_sync", "--json", "--seed", str(2**63))

    assert played.exit_code == 2
    assert "--seed" in played.stderr


def test_nothing_at_all_is_answered_with_the_help():
    assert "Commands:" in run().output


def test_a_ready_file_of_an_earlier_run_is_gone_until_this_one_is_ready(tmp_path):
    ready_file = tmp_path / "ready"
    ready_file.write_text("old")

    forget(ready_file)

    assert not ready_file.exists()


def test_a_ready_file_appears_with_its_whole_line(tmp_path):
    write_down(b"whole\n", tmp_path / "ready")

    assert [(found.name, found.read_bytes()) for found in tmp_path.iterdir()] == [("ready", b"whole\n")]


def test_every_operation_of_both_vendors_is_listed_with_its_level_and_proof():
    rows = orjson.loads(run("routes", "--json").stdout)

    assert {row["vendor"] for row in rows} == {"OneSignal", "Amplitude"}
    assert {row["level"] for row in rows} <= {"stateful", "derived", "static", "501"}
    assert all(row["proof"].startswith("test_") for row in rows)


def test_storms_that_leave_every_law_standing_exit_with_0():
    raged = run("storm", "--seeds", "2", "--first", "40", "--people", "5", "--json")

    assert raged.exit_code == 0
    assert orjson.loads(raged.stdout) == {"storms": 2, "first": 40, "people": 5, "failed": []}


def test_a_story_is_stepped_forwards_and_backwards_from_standard_input(tmp_path):
    words = "n\nn 3\nback 2\nxyz\ngo\nsave here\nend\nquit\n"

    stepped = CliRunner().invoke(main, ["step", "connect_and_sync", "--folder", str(tmp_path)], input=words)

    assert stepped.exit_code == 0
    beats = [line.split(",")[0] for line in stepped.output.splitlines() if line.startswith("beat")]
    assert beats[:4] == ["beat 0", "beat 1", "beat 4", "beat 2"]
    assert "there is no command 'xyz'" in stepped.stderr
    assert "a number of beats is needed, not ''" in stepped.stderr
    assert "kept as here: beat 2" in stepped.output
    assert "next: nothing, the story is over" in stepped.output


def test_snapshots_are_saved_listed_compared_and_stepped_on_from(tmp_path):
    folder = ("--folder", str(tmp_path))

    saved = run("snapshots", "save", "early", "connect_and_sync", "--beat", "6", *folder)
    run("snapshots", "save", "late", "connect_and_sync", *folder)
    listed = run("snapshots", "list", "--json", *folder)
    compared = run("snapshots", "diff", "early", "late", *folder)
    stepped = CliRunner().invoke(main, ["step", "--snapshot", "early", *folder], input="n\n")

    assert saved.output == "early: connect_and_sync at beat 6, 2026-01-05 09:00:00\n"
    assert orjson.loads(listed.output)["early"]["beat"] == 6
    assert "+ Amplitude US cohort 'Eager learners': 3 users" in compared.output
    assert [line.split(",")[0] for line in stepped.output.splitlines() if line[:4] == "beat"] == ["beat 6", "beat 7"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("step",), "simulator: step takes either a scenario or --snapshot NAME"),
        (("step", "connect_and_snyc"), "simulator: there is no scenario 'connect_and_snyc'; the nearest is"),
        (("step", "--snapshot", "nowhere"), "simulator: there is no snapshot 'nowhere' in"),
        (("snapshots", "dif"), "simulator: No such command 'dif'."),
        (("serve", "--snapshot", "a", "--scenario", "b"), "simulator: a world goes on from a --scenario or from a"),
        (("serve", "--snapshot", "a", "--set", "b=c"), "simulator: --set needs a --scenario to set something in"),
    ],
)
def test_a_place_in_a_story_that_does_not_exist_is_refused_in_one_line(words, said):
    refused = run(*words)

    assert refused.exit_code == 2
    assert refused.stderr.startswith(said)
    assert refused.stderr.count("\n") == 1
