"""What several commands have in common: the seed, the settings, and the exit codes."""

from typing import Final, get_args

import click

from simulator.story import Limits

HOLDS: Final = 0
DOES_NOT_HOLD: Final = 1

settings_option = click.option(
    "settings", "--set", multiple=True, metavar="KEY=VALUE", help="Set a parameter of the scenario; may be repeated."
)
seed_option = click.option(
    "--seed",
    type=click.IntRange(-(2**63), 2**63 - 1),
    default=7,
    show_default=True,
    help="Decides every id and every chance.",
)
limits_option = click.option(
    "--limits",
    type=click.Choice(get_args(Limits)),
    help="Rate limits and the vendors' job times; else as the story says.",
)
json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")
