"""What the README lists is what there is: scenarios, commands, and the doors of the control port."""

import re
from pathlib import Path

import click
import pytest
from flask import Flask

from bridge.__main__ import main as bridge_command
from simulator.__main__ import main as simulator_command
from simulator.commands.scenarios import as_markdown
from simulator.story import stories
from simulator.web import clock, control, dashboard, weather

README = (Path(__file__).parent.parent / "README.md").read_text()


def test_the_scenarios_stand_there_once_as_the_command_line_prints_them():
    table = "\n".join(as_markdown(stories()))

    assert table in README, "simulator scenarios --markdown prints it"
    assert not [story.name for story in stories() if README.count(f"| `{story.name}` |") != 1]


@pytest.mark.parametrize(
    ("program", "group"), [("simulator", simulator_command), ("bridge", bridge_command)], ids=["simulator", "bridge"]
)
def test_every_command_is_named(program: str, group: click.Group):
    commands = group.list_commands(click.Context(group))
    said = " ".join(re.findall(rf"\b{program} ([a-z |]+)", README))

    assert commands
    assert not set(commands) - set(re.findall("[a-z]+", said))


def test_every_door_of_the_control_port_is_named():
    app = Flask("control", static_folder=None)
    for room in (control, dashboard, clock, weather):
        app.register_blueprint(room.routes)
    doors = {rule.rule.split("/<")[0] for rule in app.url_map.iter_rules()} - {"/"}

    assert doors
    assert not [door for door in doors if not re.search(rf"`[^`]*{door}\b", README)]
