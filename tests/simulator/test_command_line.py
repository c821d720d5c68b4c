"""The command line says what holds by its exit code, and wrong usage in one line."""

import orjson
import pytest
from click.testing import CliRunner

from simulator.__main__ import main


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
            "simulator: shares lie between 0 and 1, and those of a person's standing add up to 1 at most",
        ),
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
