"""Scenarios are found by name and take typed parameters; a wrong name is answered with the nearest right one."""

from typing import Literal

import pytest

from simulator.errors import WrongUsageError
from simulator.story import Ending, Story, stories, story


def play(
    simulation,
    *,
    users: int = 3,
    share: float = 0.5,
    devices: tuple[float, ...] = (1.0,),
    box: bool = True,
    cadence: Literal["hourly", "daily"] = "daily",
) -> Ending:
    """A story for this test."""


@pytest.fixture
def tale():
    return Story("tale", "A tale.", play, "off")


def test_settings_are_read_as_the_types_of_the_parameters(tale):
    chosen = tale.read_parameters(["users=5", "share=0.25", "devices=0.5,0.5", "box=no", "cadence=hourly"])

    assert chosen == {"users": 5, "share": 0.25, "devices": (0.5, 0.5), "box": False, "cadence": "hourly"}


def test_what_is_not_set_keeps_its_default(tale):
    assert tale.read_parameters([]) == tale.defaults


@pytest.mark.parametrize(
    ("setting", "said"),
    [
        ("usrs=5", "there is no parameter 'usrs' of tale; the nearest is 'users'"),
        ("users", "'users' is not of the form key=value"),
        ("users=many", "parameter 'users' takes int, not 'many'"),
        ("users=1.5", "parameter 'users' takes int, not '1.5'"),
        ("devices=1,x", "parameter 'devices' takes floats separated by commas, not '1,x'"),
        ("box=perhaps", "parameter 'box' takes true or false, not 'perhaps'"),
        ("cadence=yearly", "parameter 'cadence' takes hourly or daily, not 'yearly'"),
    ],
)
def test_a_wrong_setting_is_answered_in_one_line(tale, setting, said):
    with pytest.raises(WrongUsageError) as error:
        tale.read_parameters([setting])

    assert str(error.value) == said


def test_an_unknown_scenario_is_answered_with_the_nearest_name():
    with pytest.raises(WrongUsageError, match="there is no scenario 'faq_count'; the nearest is 'faq_counts'"):
        story("faq_count")


def test_every_scenario_says_what_it_is_about_and_has_only_typed_parameters():
    for each in stories():
        assert each.summary.endswith((".", "?"))
        assert all(parameter.annotation is not parameter.empty for parameter in each.parameters.values())
